import type { EvaluateValue } from '../../../evaluate/scope.js'

/** A property of the event that started the journey. */
export const evaluateTrigger: EvaluateValue<{ trigger: string }> = ({ trigger }, scope) => ({
  value: scope.trigger(trigger),
})
