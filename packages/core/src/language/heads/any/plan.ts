import type { PlanCondition } from '../../../compile/lower/scope.js'
import { or } from '../../../compile/plan/expr.js'
import type { AnyCondition, Test } from '../../document.js'

/** Kleene's "or" of the parts. */
export const planAny: PlanCondition<AnyCondition | { any: Test[] }> = ({ any }, scope, path) =>
  or(any.map((part, index) => scope.condition(part, `${path}/any/${index}`)))
