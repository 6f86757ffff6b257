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
 * missing or, for a segment, unknown.
 */
export function evaluate(definition: Definition, facts: SubjectFacts, context: EvaluateContext): EventScopeValue {
  const evaluator = new Evaluator(context, {
    numbers: (key, _ask, _definition, _inherits, group) => {
      const found = context.fits.get(key)?.groups.find((one) => one.key === group)
      return found === undefined || found.values.length === 0 ? null : found.values.map((value) => BigInt(value))
    },
  })
  return evaluator.evaluate(definition, facts)
}
