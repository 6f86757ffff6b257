import { MISSING } from '../../../compile/lower/lowered.js'
import type { PlanValue } from '../../../compile/lower/scope.js'
import type { ClockValue, Field } from '../../document.js'

/** A part of a date, of the row's moment, or of the moment of computation. */
export const planClock: PlanValue<ClockValue | { clock: Field }> = (value, scope, path) => {
  if (!('of' in value) || value.of === undefined) return scope.clock(value.clock, null)
  const date = scope.value(value.of, `${path}/of`)
  return date.type === 'date' ? scope.clock(value.clock, date) : MISSING
}
