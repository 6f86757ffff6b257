import type { EvaluateAssign } from '../../../evaluate/scope.js'
import type { RulesAssign } from '../../document.js'

/** Exclusive: the first true rule; multi: all true ones; otherwise `otherwise`, or blank. */
export const evaluateRules: EvaluateAssign<RulesAssign> = ({ rules, otherwise }, tag, scope) => {
  const held = rules.filter((rule) => scope.condition(rule.when) === true).map((rule) => String(rule.value))
  const found = held.length === 0 && otherwise !== undefined ? [String(otherwise)] : held
  if (tag.family === 'multi') return found.length === 0 ? null : [...new Set(found)]
  return found[0] ?? null
}
