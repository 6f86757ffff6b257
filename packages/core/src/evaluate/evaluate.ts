import type { FitValues } from '../compile/fits/fit-value.js'
import type { Definition } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { Evaluator, type EvaluatorOptions } from './evaluator.js'
import type { SubjectFacts } from './facts.js'

export interface EvaluateContext extends EvaluatorOptions {
  /** Fits as full runs left them; what rests on a fit that is not here is missing. */
  readonly fits: FitValues
}

/**
 * The value a definition has for one subject: a code, text, number (times 10^8), date, list, true/false; null = blank,
 * missing or, for a segment, unknown. For many subjects make one `evaluatorOf` and ask it again.
 */
export function evaluate(definition: Definition, facts: SubjectFacts, context: EvaluateContext): EventScopeValue {
  return evaluatorOf(context).evaluate(definition, facts)
}

/** An evaluator with stored fits, for many subjects at one moment. */
export function evaluatorOf(context: EvaluateContext): Evaluator {
  return new Evaluator(context, {
    numbers: ({ key, group }) => {
      const found = context.fits.get(key)?.groups.find((one) => one.key === group)
      return found === undefined || found.values.length === 0 ? null : found.values.map((value) => BigInt(value))
    },
  })
}
