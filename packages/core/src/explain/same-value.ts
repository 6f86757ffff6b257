import type { EventScopeValue } from '../language/event-scope/event-scope.js'

/** Whether two values are the same; lists are sets. */
export function isSameValue(a: EventScopeValue, b: EventScopeValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (a.length !== b.length) return false
  const texts = new Set(a.map(String))
  return b.every((one) => texts.has(String(one)))
}
