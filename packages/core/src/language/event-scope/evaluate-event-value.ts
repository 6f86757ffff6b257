import type { EventValue } from '../document.js'
import type { EventScope, EventScopeValue } from './event-scope.js'
import { type PreparedValue, prepareEventValue } from './prepare.js'

const prepared = new WeakMap<object, PreparedValue>()

/**
 * The value of `prop`, `clock`, `case` or `calc` for one event; null = missing. Pure. The document is made ready once
 * and remembered by identity, so it must not be changed afterwards.
 */
export function evaluateEventValue(value: EventValue, scope: EventScope): EventScopeValue {
  let ready = prepared.get(value)
  if (ready === undefined) {
    ready = prepareEventValue(value)
    prepared.set(value, ready)
  }
  return ready(scope)
}
