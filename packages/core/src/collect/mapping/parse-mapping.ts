import type { Issue } from '../../kernel/app-error.js'
import { REFUSED } from '../../language/frame/checked.js'
import { guard } from '../../language/frame/guard.js'
import { type Message, pointerTo, say } from '../../language/frame/message.js'
import { readObject } from '../../language/frame/read-object.js'
import { checkMapping } from './check-mapping.js'
import type { Mapping } from './mapping.js'
import { mappingSchema, NO_MAPPING } from './mapping-schema.js'

export type ParsedMapping =
  | { readonly ok: true; readonly mapping: Mapping }
  | { readonly ok: false; readonly issues: readonly Issue[] }

const MOST_ISSUES = 100

/**
 * Reads an unknown document as a mapping: its form first, then its names (columns, aliases, formats). `columns` are those
 * of the file, when one is at hand. Never throws; every problem has its place, both languages and the nearest known name.
 */
export function parseMapping(input: unknown, columns?: readonly string[]): ParsedMapping {
  const guarded = guard(input)
  if (!guarded.ok) return guarded
  const issues: Issue[] = []
  const report = (message: Message, ...path: PropertyKey[]): void => {
    if (issues.length >= MOST_ISSUES) return
    issues.push({
      pointer: pointerTo('', ...path),
      message: message.en,
      messageZh: message.zh,
      ...(message.didYouMean === undefined ? {} : { didYouMean: message.didYouMean }),
    })
  }
  const { copy } = guarded
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) {
    report(NO_MAPPING)
    return { ok: false, issues }
  }
  reportUnstorable(copy, [], report)
  if (issues.length > 0) return { ok: false, issues }
  const mapping = readObject(mappingSchema, 'mapping', { version: 1, ...copy }, report)
  if (mapping === REFUSED) return { ok: false, issues }
  checkMapping(mapping, columns ?? null, report)
  return issues.length > 0 ? { ok: false, issues } : { ok: true, mapping }
}

/** Texts that no database takes: zero characters and halves of surrogate pairs. */
function reportUnstorable(
  node: unknown,
  path: readonly PropertyKey[],
  report: (message: Message, ...path: PropertyKey[]) => void,
): void {
  if (typeof node === 'string' && (node.includes('\u0000') || /\p{Surrogate}/u.test(node))) {
    report(say('this text has characters that cannot be stored', '此处文本含有无法存储的字符'), ...path)
  }
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    reportUnstorable(key, path, report)
    reportUnstorable(value, [...path, key], report)
  }
}
