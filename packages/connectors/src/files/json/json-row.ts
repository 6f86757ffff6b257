import type { RawValue } from '@tagtree/core/collect/incoming'
import { brokenRow, type FileRow } from '../file-row.js'
import { RESERVED_NAMES } from '../header.js'

/** Levels of nesting a JSON row may have. */
export const MAX_JSON_DEPTH = 32
/** Fields a flattened row may have; the rest of a hostile row is refused. */
const MAX_FIELDS = 2_000

/** One JSON text as a row: objects inside are flattened to dotted names, arrays stay. Never throws. */
export function jsonRow(number: number, text: string): FileRow {
  let parsed: unknown
  try {
    parsed = JSON.parse(keepLongNumbers(text), /\\ud[89a-f]/i.test(text) ? withoutHalves : undefined)
  } catch {
    return brokenRow(number, text.includes('\uffff') ? 'encoding_broken' : 'json_broken', text, { encoding: 'utf-8' })
  }
  if (text.includes('\uffff')) return brokenRow(number, 'encoding_broken', text, { encoding: 'utf-8' })
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return brokenRow(number, 'json_not_object', text)
  }
  const values: Record<string, RawValue> = {}
  const problem = flatten(parsed as Record<string, unknown>, '', values, 1)
  if (problem !== null) {
    return problem === 'deep'
      ? brokenRow(number, 'json_too_deep', text, { limit: MAX_JSON_DEPTH })
      : brokenRow(number, 'key_forbidden', text, { name: problem.forbidden })
  }
  return { number, values }
}

/** Escapes may hold halves of surrogate pairs, which are no text: they become the replacement character. */
function withoutHalves(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value
}

type Problem = 'deep' | { readonly forbidden: string }

function flatten(
  source: Readonly<Record<string, unknown>>,
  prefix: string,
  into: Record<string, RawValue>,
  depth: number,
): Problem | null {
  if (depth > MAX_JSON_DEPTH) return 'deep'
  let fields = 0
  for (const key of Object.keys(source)) {
    if (RESERVED_NAMES.has(key)) return { forbidden: key }
    if (++fields > MAX_FIELDS) return 'deep'
    const value = source[key]
    const name = prefix === '' ? key : `${prefix}.${key}`
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const problem = flatten(value as Record<string, unknown>, name, into, depth + 1)
      if (problem !== null) return problem
      continue
    }
    const problem = Array.isArray(value) ? checkArray(value, depth + 1) : null
    if (problem !== null) return problem
    into[name] = value === '' ? null : (value as RawValue)
  }
  return null
}

/** Arrays keep their shape, so only their depth and keys are looked at. */
function checkArray(value: readonly unknown[], depth: number): Problem | null {
  if (depth > MAX_JSON_DEPTH) return 'deep'
  for (const one of value) {
    if (typeof one !== 'object' || one === null) continue
    if (Array.isArray(one)) {
      const problem = checkArray(one, depth + 1)
      if (problem !== null) return problem
      continue
    }
    const problem = flatten(one as Record<string, unknown>, '', {}, depth + 1)
    if (problem !== null) return problem
  }
  return null
}

const LONG_NUMBER = /\d{16}/
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Numbers longer than a float holds become strings, so that an 18-digit order number keeps its last digits. */
function keepLongNumbers(text: string): string {
  if (!LONG_NUMBER.test(text)) return text
  return text.replace(STRING_OR_NUMBER, (token) =>
    token.charCodeAt(0) !== 34 && LONG_NUMBER.test(token) ? `"${token}"` : token,
  )
}
