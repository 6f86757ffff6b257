import type { PlanCondition } from '../../../compile/lower/scope.js'
import type { SequenceCondition } from '../../document.js'

/** Whether some chain of events goes through all steps. */
export const planSequence: PlanCondition<SequenceCondition> = (condition, scope, path) => scope.chain(condition, path)
