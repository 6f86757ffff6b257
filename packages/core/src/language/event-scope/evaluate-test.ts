import type { Test } from '../document.js'
import type { EventScope } from './event-scope.js'
import { type PreparedTest, prepareTest } from './prepare.js'

const prepared = new WeakMap<object, PreparedTest>()

/**
 * Whether one event passes a test: true, false, or null = unknown (Kleene's three values). Pure. The document is made
 * ready once and remembered by identity, so it must not be changed afterwards.
 */
export function evaluateTest(test: Test, scope: EventScope): boolean | null {
  let ready = prepared.get(test)
  if (ready === undefined) {
    ready = prepareTest(test)
    prepared.set(test, ready)
  }
  return ready(scope)
}
