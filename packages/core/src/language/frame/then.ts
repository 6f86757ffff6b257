import { notYet } from './message.js'
import type { Resolving } from './resolving.js'

/** The value at another moment (`ago`, `at`) is not computed in this version. */
export function refuseThen(value: { ago?: unknown; at?: unknown }, at: string, resolving: Resolving): void {
  if (value.ago !== undefined) resolving.report(`${at}/ago`, notYet('"ago" beside a value', '值旁边的“ago”'))
  if (value.at !== undefined) resolving.report(`${at}/at`, notYet('"at" beside a value', '值旁边的“at”'))
}
