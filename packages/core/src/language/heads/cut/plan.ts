import { MISSING } from '../../../compile/lower/lowered.js'
import type { PlanValue } from '../../../compile/lower/scope.js'
import type { CutValue } from '../../document.js'

/** The tier of a value among everybody, or within its group. */
export const planCut: PlanValue<CutValue> = ({ cut, at, by = [], only, edge }, scope, path) => {
  const value = scope.value(cut, `${path}/cut`)
  if (value.type !== 'number') return MISSING
  return scope.tier(
    {
      value,
      valuePath: `${path}/cut`,
      at,
      ...(edge === undefined ? {} : { edge }),
      by: by.map((group, index) => scope.value(group, `${path}/by/${index}`)),
      only: only === undefined ? null : scope.condition(only, `${path}/only`),
      identity: { cut, at, by, only },
    },
    path,
  )
}
