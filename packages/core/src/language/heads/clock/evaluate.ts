import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { ClockValue } from '../../document.js'
import { clockField } from './fields.js'

/** A part of a date, or of the moment itself. */
export const evaluateClock: EvaluateValue<ClockValue> = ({ clock, of }, scope) => {
  const instant = of === undefined ? scope.asOf : scope.value(of).value
  return { value: typeof instant === 'number' ? clockField(clock, instant, scope.catalog, scope.zone) : null }
}
