import { createHash } from 'node:crypto'

/**
 * The canonical form of a document or a part of it: keys sorted, defaults left out, `isNot`, `notIn` and `hasNone` written
 * as `not` of their twin. Two parts that mean the same by these rules have the same text and hash.
 */
export function canonicalJson(part: unknown): string {
  return JSON.stringify(canonical(part))
}

/** 128 bits of the canonical form's SHA-256, in hex. Names, notes and places in the catalogue do not count. */
export function canonicalHash(part: unknown): string {
  return createHash('sha256').update(canonicalJson(part)).digest('hex').slice(0, 32)
}

/** Fields of a definition that do not change what it computes. */
const DESCRIPTIVE = new Set(['version', 'id', 'name', 'note', 'goal', 'theme', 'recipe'])
const DEFAULTS: readonly (readonly [head: string, field: string, value: unknown])[] = [
  ['did', 'get', 'count'],
  ['did', 'nth', 1],
  ['did', 'within', 'ever'],
  ['per', 'get', 'count'],
  ['via', 'get', 'count'],
  ['since', 'unit', 'days'],
  ['among', 'atLeast', 1],
  ['top', 'n', 1],
  ['top', 'within', 'ever'],
  ['kind', 'subject', 'person'],
  ['kind', 'who', 'customers'],
  ['kind', 'family', 'exclusive'],
  ['kind', 'ordered', false],
  ['kind', 'empty', 'blank'],
]
const NEGATED: Readonly<Record<string, string>> = { isNot: 'is', notIn: 'in', hasNone: 'hasAny' }

function canonical(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(canonical)
  if (typeof part !== 'object' || part === null) return part
  const isDefinition = 'kind' in part && 'id' in part
  const fields = Object.entries(part).filter(
    ([key, value]) => value !== undefined && !(isDefinition && DESCRIPTIVE.has(key)) && !isDefault(part, key, value),
  )
  const negated = fields.find(([key]) => Object.hasOwn(NEGATED, key))
  if (negated) {
    const [operator, right] = negated
    const rest = fields.filter(([key]) => key !== operator)
    return { not: canonical(Object.fromEntries([...rest, [NEGATED[operator]!, right]])) }
  }
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    sorted.map(([key, value]) => [key, isDefinition && key === 'values' ? codesOf(value) : canonical(value)]),
  )
}

/** Listed values count by their codes; their names are words. */
function codesOf(values: unknown): unknown {
  return Array.isArray(values) ? values.map((value: { code?: unknown }) => value.code) : values
}

function isDefault(part: object, key: string, value: unknown): boolean {
  return DEFAULTS.some(([head, field, usual]) => field === key && usual === value && head in part)
}
