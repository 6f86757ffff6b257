import type { ExplainCondition } from '../../../explain/head.js'
import type { AllCondition } from '../../document.js'

/** The parts that came out as the whole did decide: all of them, or those that failed. */
export const explainAll: ExplainCondition<AllCondition> = {
  parts: ({ all }) => all.map((condition, index) => ({ at: `/all/${index}`, condition })),
  decides: (part, whole) => part === whole,
  moments: ({ all }, scope) => {
    for (const part of all) scope.condition(part)
  },
  reach: ({ all }, wanted, scope) => {
    if (!wanted) return all.flatMap((part) => scope.condition(part, false))
    const open = all.filter((part) => scope.now.condition(part) !== true)
    return scope.together(open.map((part) => scope.condition(part, true)))
  },
}
