import type { EvaluateValue } from '../../../evaluate/scope.js'
import { ONE } from '../../../kernel/decimal.js'
import { unitsBetween } from '../../../kernel/zone.js'
import type { SinceValue } from '../../document.js'

/** How long it is from one date to another or to the moment. */
export const evaluateSince: EvaluateValue<SinceValue> = ({ since, until, unit = 'days' }, scope) => {
  const from = scope.value(since).value
  const to = until === undefined ? scope.asOf : scope.value(until).value
  if (typeof from !== 'number' || typeof to !== 'number') return { value: null }
  return { value: BigInt(unitsBetween(scope.zone, unit, from, to)) * ONE }
}
