import { call, column, type Expr, param } from '../plan/expr.js'

/** The rows of some events. */
export function eventIsOneOf(events: readonly string[]): Expr {
  const [first] = events
  if (events.length === 1) return call('eq', column('event'), param('String', first!))
  return call('in', column('event'), param('Array(String)', events.toSorted()))
}
