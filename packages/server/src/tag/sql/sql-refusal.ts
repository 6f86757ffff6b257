import { AppError } from '@tagtree/core/kernel/app-error'

/** Where the statement stands in the document of a tag. */
export const SQL_POINTER = '/assign/given/sql'

/** A statement that is not run, with the reason and what to do, said at its place in the document. */
export function sqlRefusal(en: string, zh: string, didYouMean?: string, pointer = SQL_POINTER): AppError {
  const near = didYouMean === undefined ? {} : { didYouMean }
  const hint = didYouMean === undefined ? ['', ''] : [`, did you mean "${didYouMean}"?`, `，是否想写“${didYouMean}”？`]
  const issue = { pointer, message: en + hint[0], messageZh: zh + hint[1], ...near }
  return new AppError('DEFINITION_INVALID', { words: { count: 1 }, issues: [issue] })
}
