import type { PlanCondition } from '../../../compile/lower/scope.js'
import { not } from '../../../compile/plan/expr.js'
import type { NotCondition, Test } from '../../document.js'

/** Kleene's "not". */
export const planNot: PlanCondition<NotCondition | { not: Test }> = (condition, scope, path) =>
  not(scope.condition(condition.not, `${path}/not`))
