import { say } from './message.js'
import type { Resolving } from './resolving.js'

/** `ago` and `at` both move a value to another moment. */
export function resolveThen(value: { ago?: unknown; at?: unknown }, at: string, resolving: Resolving): void {
  if (value.ago === undefined || value.at === undefined) return
  resolving.report(`${at}/at`, say('ago and at both set the moment: keep one', 'ago 与 at 都在设定时刻：只保留一个'))
}
