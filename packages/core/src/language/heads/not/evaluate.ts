import type { EvaluateCondition } from '../../../evaluate/scope.js'
import type { NotCondition } from '../../document.js'
import { notOf } from '../../event-scope/event-scope.js'

/** Kleene's "not". */
export const evaluateNot: EvaluateCondition<NotCondition> = ({ not }, scope) => notOf(scope.condition(not))
