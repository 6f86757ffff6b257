import type { PlanValue } from '../../../compile/lower/scope.js'
import { choose, isTrue, missing, param } from '../../../compile/plan/expr.js'
import type { CaseValue } from '../../document.js'

/** The code of the first branch whose test is true; an unknown test is skipped. */
export const planCase: PlanValue<CaseValue> = (value, scope, path) => ({
  type: 'text',
  expr: choose(
    value.case.map((branch, index) => ({
      when: isTrue(scope.condition(branch.when, `${path}/case/${index}/when`)),
      then: param('String', String(branch.value)),
    })),
    value.otherwise === undefined ? missing('String') : param('String', String(value.otherwise)),
  ),
})
