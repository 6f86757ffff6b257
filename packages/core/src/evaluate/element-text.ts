import { formatDecimal } from '../kernel/decimal.js'
import type { EventScopeScalar } from '../language/event-scope/event-scope.js'

/** Elements of a list are texts: numbers in their shortest form, dates as ms, bools as true and false. */
export function elementText(value: EventScopeScalar): string {
  return typeof value === 'bigint' ? formatDecimal(value) : String(value)
}
