import type { ExprNumbers } from '../plan/hash.js'
import type { Plan } from '../plan/plan.js'
import { hoistConditions } from './hoist-conditions.js'
import { shareExpressions } from './share-expressions.js'

type Pass = (plan: Plan, numbers: ExprNumbers) => Plan

/** Rewrites that keep the meaning of a plan, in the order in which they are made. Each file says what is safe. */
const PASSES: readonly Pass[] = [hoistConditions, shareExpressions]

export function optimize(plan: Plan, numbers: ExprNumbers): Plan {
  return PASSES.reduce((changed, pass) => pass(changed, numbers), plan)
}
