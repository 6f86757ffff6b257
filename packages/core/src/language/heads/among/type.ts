import type { AmongValue } from '../../document.js'
import { numberType } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** A number of the group: means and quantiles with 8 decimals, deviations as floats, the rest as the value itself. */
export const amongType: FindType<AmongValue> = ({ of, get }, scope, find) => {
  if (get === 'count') return numberType(0, 'count')
  const type = find.value(of, scope)
  if (type?.kind !== 'number') return null
  if (get === 'sd' || type.scale === 'float') return numberType('float', type.unit)
  return get === 'min' || get === 'max' || get === 'sum' ? type : numberType(8, type.unit)
}
