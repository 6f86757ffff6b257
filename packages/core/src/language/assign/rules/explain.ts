import type { ExplainWay } from '../../../explain/head.js'
import type { RulesAssign } from '../../document.js'

/** The first true rule decides; of a multi family every true one does. */
export const explainRules: ExplainWay<RulesAssign> = {
  parts: ({ rules }) => rules.map(({ when }, index) => ({ at: `/assign/rules/${index}/when`, condition: when })),
  moments: ({ rules }, _tag, scope) => {
    for (const { when } of rules) scope.condition(when)
  },
  reach: ({ rules, otherwise }, tag, code, gives, scope) => {
    const isTrue = rules.map(({ when }) => scope.now.condition(when) === true)
    const ended = (chosen: readonly number[]) => chosen.map((index) => scope.condition(rules[index]!.when, false))
    const all = [...rules.keys()]
    if (!gives) return scope.together(ended(all.filter((index) => isTrue[index] && rules[index]!.value === code)))
    const byRule = all
      .filter((index) => String(rules[index]!.value) === code)
      .flatMap((index) => {
        // A rule before it that is true keeps an exclusive tag from it.
        const before = tag.family === 'multi' ? [] : all.filter((other) => other < index && isTrue[other])
        const own = isTrue[index] ? [] : [scope.condition(rules[index]!.when, true)]
        return scope.together([...own, ...ended(before)])
      })
    const without = code === null || String(otherwise) === code
    return without ? [...byRule, ...scope.together(ended(all.filter((index) => isTrue[index])))] : byRule
  },
}
