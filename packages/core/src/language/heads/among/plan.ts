import { MISSING } from '../../../compile/lower/lowered.js'
import type { PlanValue } from '../../../compile/lower/scope.js'
import type { AmongValue } from '../../document.js'

/** A number of the subject's group, or of everybody. */
export const planAmong: PlanValue<AmongValue> = ({ among, of, get, only, fit, atLeast = 1 }, scope, path) => {
  const value = scope.value(of, `${path}/of`)
  if (value.type !== 'number') return MISSING
  return scope.groupNumber(
    {
      value,
      by: among.map((group, index) => scope.value(group, `${path}/among/${index}`)),
      get,
      only: only === undefined ? null : scope.condition(only, `${path}/only`),
      atLeast,
      ...(fit === undefined ? {} : { fit }),
      identity: { among, of, get, only, atLeast },
    },
    path,
  )
}
