import type { ExplainCondition } from '../../../explain/head.js'
import type { NotCondition } from '../../document.js'

/** Its one part decides. */
export const explainNot: ExplainCondition<NotCondition> = {
  parts: ({ not }) => [{ at: '/not', condition: not }],
  decides: () => true,
  moments: ({ not }, scope) => scope.condition(not),
  reach: ({ not }, wanted, scope) => scope.condition(not, !wanted),
}
