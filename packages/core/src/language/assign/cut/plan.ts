import { codesInOrder, type PlanAssign } from '../../../compile/lower/assign-scope.js'
import { MISSING } from '../../../compile/lower/lowered.js'
import { call, number, param } from '../../../compile/plan/expr.js'
import type { CutAssign } from '../../document.js'

/** The name of the tier a value lies in; blank when the value, the group or the fit is missing. */
export const planCutAssign: PlanAssign<CutAssign> = ({ cut, at, values, by = [], edge }, tag, scope, path) => {
  const value = scope.value(cut, `${path}/cut`)
  if (value.type !== 'number') return MISSING
  const tier = scope.tier(
    {
      value,
      valuePath: `${path}/cut`,
      at,
      ...(edge === undefined ? {} : { edge }),
      by: by.map((group, index) => scope.value(group, `${path}/by/${index}`)),
      only: null,
      identity: { cut, at, by },
    },
    path,
  )
  const names = values.map(String)
  // The tiers say the order; a name that stands twice keeps its first place.
  const codes = codesInOrder({ ...tag, values: [] }, names)
  const place = call('ifNull', tier.expr, number(0))
  const isPlain = codes.length === names.length
  const index = isPlain
    ? place
    : call(
        'pick',
        param(
          'Array(UInt16)',
          names.map((name) => codes.indexOf(name) + 1),
        ),
        place,
      )
  return { type: 'code', index, codes }
}
