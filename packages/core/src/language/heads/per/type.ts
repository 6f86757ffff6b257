import type { PerValue } from '../../document.js'
import { numberType } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** Buckets are counted (`count`, streaks); otherwise their values are put together. */
export const perType: FindType<PerValue> = ({ of, get = 'count' }, scope, find) => {
  if (get === 'count' || get === 'streak' || get === 'currentStreak') return numberType(0, 'count')
  const type = find.value(of, scope)
  if (type?.kind !== 'number') return null
  return get === 'avg' ? numberType(type.scale === 'float' ? 'float' : 8, type.unit) : type
}
