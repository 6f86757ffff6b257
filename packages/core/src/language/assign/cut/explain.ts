import type { EvaluateScope } from '../../../evaluate/scope.js'
import type { ExplainWay } from '../../../explain/head.js'
import type { CutAssign } from '../../document.js'
import type { Cutting } from '../../heads/cut/evaluate.js'
import { constantCuts, cutsOf, tierGoal } from '../../heads/cut/explain.js'

/** The value may rise or fall into another tier, with the cuts as they are. */
export const explainCutAssign: ExplainWay<CutAssign> = {
  parts: ({ cut, by = [] }) => [
    { at: '/assign/cut', value: cut },
    ...by.map((value, index) => ({ at: `/assign/by/${index}`, value })),
  ],
  against: (assign, scope: EvaluateScope) => cutsOf(cuttingOf(assign), scope),
  moments: (assign, _tag, scope) => {
    const { cut, by = [] } = assign
    scope.value(cut, constantCuts(cuttingOf(assign), scope))
    for (const key of by) scope.value(key, null)
  },
  reach: (assign, _tag, code, gives, scope) => {
    const cutting = cuttingOf(assign)
    const cuts = cutsOf(cutting, scope.now)
    if (cuts === null || !gives) return []
    return assign.values.flatMap((value, index) =>
      String(value) === code ? scope.value(assign.cut, tierGoal(cutting, cuts, index + 1)) : [],
    )
  },
}

function cuttingOf({ cut, at, by = [], edge }: CutAssign): Cutting {
  return { cut, at, by, only: undefined, edge, identity: { cut, at, by } }
}
