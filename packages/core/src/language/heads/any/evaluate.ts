import type { EvaluateCondition } from '../../../evaluate/scope.js'
import type { AnyCondition } from '../../document.js'
import { anyOf } from '../../event-scope/event-scope.js'

/** Kleene's "or" of the parts. */
export const evaluateAny: EvaluateCondition<AnyCondition> = ({ any }, scope) =>
  anyOf(any.map((part) => scope.condition(part)))
