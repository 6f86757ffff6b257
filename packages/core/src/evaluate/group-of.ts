import { groupText } from '../compile/fits/fit-key.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'

/** Text of a group's values as the engine writes it; null when one is missing. '' = everybody. */
export function groupOf(values: readonly EventScopeValue[]): string | null {
  const texts: string[] = []
  for (const value of values) {
    if (value === null || typeof value === 'object') return null
    texts.push(typeof value === 'boolean' ? String(Number(value)) : String(value))
  }
  return groupText(texts)
}
