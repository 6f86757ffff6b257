import type { ExplainCondition } from '../../../explain/head.js'
import type { AnyCondition } from '../../document.js'

/** The parts that came out as the whole did decide. */
export const explainAny: ExplainCondition<AnyCondition> = {
  parts: ({ any }) => any.map((condition, index) => ({ at: `/any/${index}`, condition })),
  decides: (part, whole) => part === whole,
  moments: ({ any }, scope) => {
    for (const part of any) scope.condition(part)
  },
  reach: ({ any }, wanted, scope) => {
    if (wanted) return any.flatMap((part) => scope.condition(part, true))
    const open = any.filter((part) => scope.now.condition(part) !== false)
    return scope.together(open.map((part) => scope.condition(part, false)))
  },
}
