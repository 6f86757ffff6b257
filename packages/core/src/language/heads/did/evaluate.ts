import { eventBounds, type FixedWindow } from '../../../compile/window-bounds.js'
import type { EvaluateScope, EvaluateValue } from '../../../evaluate/scope.js'
import type { DidValue } from '../../document.js'
import { evaluateTest } from '../../event-scope/evaluate-test.js'
import { eventsOf } from '../../frame/property.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import { GET_EVALUATIONS } from './get-evaluations.js'
import { getNameOf } from './get-name.js'
import type { Row } from './rows.js'

/** What is got from the rows of a stream that pass the test inside the window, in their order. */
export const evaluateDid: EvaluateValue<DidValue> = (value, scope) => {
  const evaluate = GET_EVALUATIONS[getNameOf(value.get ?? 'count')]
  const rows = rowsOf(value, scope)
  return rows === null || evaluate === null ? { value: null } : evaluate(rows, value, scope)
}

/** null = the window has not begun. */
function rowsOf({ did, each, where, within = 'ever' }: DidValue, scope: EvaluateScope): Row[] | null {
  const stream = streamScopeOf(did, each)
  const bounds = eventBounds(within as FixedWindow, scope.asOf, scope.zone)
  if (stream.kind === 'changes' || bounds === null) return null
  const { names } = stream
  const wanted = new Set(names === 'any' ? eventsOf(scope.catalog, 'any').map((event) => event.name) : names)
  return scope.facts.events
    .filter((event) => wanted.has(event.event) && event.ts < scope.asOf)
    .filter((event) => bounds.from === null || event.ts >= bounds.from)
    .filter((event) => bounds.to === null || event.ts < bounds.to)
    .toSorted((a, b) => a.ts - b.ts || (a.seq < b.seq ? -1 : 1))
    .flatMap((event): Row[] => {
      const lines = stream.each === null ? [null] : event.items.map((_, line) => line)
      return lines.map((line) => ({ event, scope: scope.row(event, line, names) }))
    })
    .filter((row) => where === undefined || evaluateTest(where, row.scope) === true)
}
