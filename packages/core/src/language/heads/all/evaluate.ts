import type { EvaluateCondition } from '../../../evaluate/scope.js'
import type { AllCondition } from '../../document.js'
import { allOf } from '../../event-scope/event-scope.js'

/** Kleene's "and" of the parts. */
export const evaluateAll: EvaluateCondition<AllCondition> = ({ all }, scope) =>
  allOf(all.map((part) => scope.condition(part)))
