import { hash64Text } from '../../kernel/hash64.js'
import type { Instant } from '../../kernel/zone.js'

/**
 * Name of a fit: the definition and what of its document the cuts depend on. It survives edits elsewhere in the document,
 * and both the compiler and the evaluator find it from the document alone.
 * `inherits`: the fit stands where a tag's own `only` narrows it. `moment`: it is fitted as of another moment (ms) than
 * the rest.
 */
export function fitKey(
  definitionId: string,
  identity: unknown,
  inherits: boolean,
  moment: Instant | null = null,
): string {
  const key = `${definitionId}#${hash64Text(canonicalText([identity, inherits]))}`
  return moment === null ? key : `${key}@${moment}`
}

/** Text of a group's values: each with its length in bytes before it, so that no two groups share a text. */
export function groupText(parts: readonly string[]): string {
  return parts.map((part) => `${new TextEncoder().encode(part).length}:${part}`).join('')
}

/** The values of a group for a person. */
export function groupLabel(text: string): string {
  const bytes = new TextEncoder().encode(text)
  const parts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const colon = bytes.indexOf(58, at)
    const length = Number(new TextDecoder().decode(bytes.subarray(at, colon)))
    parts.push(new TextDecoder().decode(bytes.subarray(colon + 1, colon + 1 + length)))
    at = colon + 1 + length
  }
  return parts.join(' · ')
}

/** One text per document part: keys sorted, absent ones left out, so that the order of writing does not matter. */
function canonicalText(part: unknown): string {
  return JSON.stringify(part, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
