import { ClickHouseError } from '@clickhouse/client'
import { AppError, type Words } from '@tagtree/core/kernel/app-error'
import { ERRORS, type ErrorCode } from '@tagtree/core/kernel/errors'

/** Why a run ended without being published; its words are filled in when it is shown, in the reader's language. */
export interface RunError {
  readonly code: ErrorCode
  readonly words: Words
}

type Reason = Words[string]

/** What a person can do something about, by the engine's own name of the error. */
const reasons: Readonly<Record<string, Reason>> = {
  MEMORY_LIMIT_EXCEEDED: {
    zh: '所需内存超过引擎的上限',
    en: 'it needs more memory than the engine may use',
  },
  TIMEOUT_EXCEEDED: { zh: '超过了允许的时间', en: 'it took longer than allowed' },
  TOO_MANY_ROWS: { zh: '读取的行数超过了上限', en: 'it reads more rows than allowed' },
  TOO_MANY_ROWS_OR_BYTES: { zh: '结果超过了上限', en: 'it gives more rows than allowed' },
  NOT_ENOUGH_SPACE: { zh: '磁盘空间不足', en: 'the disk is full' },
}

/** Whatever was thrown while something was computed, as an error that a person understands. */
export function computationError(thrown: unknown, name: string): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('RUN_FAILED', { words: { name, reason: reasonOf(thrown) }, cause: thrown })
}

/** The engine's message may quote a customer's data, so only its kind is told. */
function reasonOf(thrown: unknown): Reason {
  if (!(thrown instanceof ClickHouseError)) return { zh: '系统内部出错', en: 'something went wrong inside Tagtree' }
  const kind = thrown.type ?? thrown.code
  if (Object.hasOwn(reasons, kind)) return reasons[kind]!
  return { zh: `引擎拒绝了查询（${kind}）`, en: `the engine refused a statement (${kind})` }
}

/** The error as it is kept beside the run of one definition. */
export function runErrorOf(error: AppError, definitionId: string): RunError {
  const words = 'name' in error.words ? { ...error.words, name: definitionId } : error.words
  return { code: error.code, words }
}

/** A kept error in the reader's language. */
export function sayRunError({ code, words }: RunError, language: 'zh' | 'en'): { code: string; message: string } {
  const known = Object.hasOwn(ERRORS, code) ? code : 'INTERNAL'
  return { code, message: new AppError(known, { words: words ?? {} }).say(language).message }
}
