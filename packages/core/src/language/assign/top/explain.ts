import type { ExplainWay, Plan } from '../../../explain/head.js'
import type { TopAssign } from '../../document.js'

/** Enough more of a value makes it the first. */
export const explainTop: ExplainWay<TopAssign> = {
  parts: () => [],
  moments: (assign, _tag, scope) => {
    const { weight } = assign
    scope.stream(assign)
    if (weight?.halfLife !== undefined) scope.uncertain()
  },
  reach: ({ top, did, each, where, atLeast = 1 }, _tag, code, gives, scope) => {
    if (!gives || typeof code !== 'string') return []
    const goal = { kind: 'text', samples: [code], fresh: false, not: [] } as const
    const steps = scope.rows(did, each, where, { prop: top, goal })
    const rows = scope.now.value({ did, ...(where === undefined ? {} : { where }), get: 'count' }).value
    const most = typeof rows === 'bigint' ? Math.min(200, Number(rows / 100_000_000n) + 1) : 1
    const times = [...new Set([1, 2, 3, 5, atLeast, Math.ceil(most / 2), most])].filter(
      (count) => count <= most + atLeast,
    )
    return steps.flatMap((step) => times.map((count): Plan => [{ ...step, times: count }]))
  },
}
