import type { PlanCondition } from '../../../compile/lower/scope.js'
import { and } from '../../../compile/plan/expr.js'
import type { AllCondition, Test } from '../../document.js'

/** Kleene's "and" of the parts. */
export const planAll: PlanCondition<AllCondition | { all: Test[] }> = ({ all }, scope, path) =>
  and(all.map((part, index) => scope.condition(part, `${path}/all/${index}`)))
