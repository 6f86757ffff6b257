import { AppError } from '@tagtree/core/kernel/app-error'

/** Refuses more names of a kind than a workspace may hold. @throws AppError CATALOG_FULL */
export function checkRoom(what: string, whatZh: string, count: number, most: number): void {
  if (count > most) throw new AppError('CATALOG_FULL', { words: { count: most, what: { en: what, zh: whatZh } } })
}
