import { cutsFit } from '../../../compile/fits/cuts-fit.js'
import type { EvaluateScope } from '../../../evaluate/scope.js'
import { type Goal, STEP } from '../../../explain/goal.js'
import type { ExplainValue, MomentScope } from '../../../explain/head.js'
import { ONE, parseDecimal } from '../../../kernel/decimal.js'
import type { CutValue } from '../../document.js'
import type { Cutting } from './evaluate.js'

/** The value may rise or fall into another tier, with the cuts as they are. */
export const explainCut: ExplainValue<CutValue> = {
  parts: ({ cut, by = [] }) => [
    { at: '/cut', value: cut },
    ...by.map((value, index) => ({ at: `/by/${index}`, value })),
  ],
  missing: (_value, _scope, speaker) =>
    speaker.pick('尚无分界点（未运行或组内无人）', 'there are no cuts yet (no run, or nobody in the group)'),
  against: (value, scope) => cutsOf(cuttingOf(value), scope),
  moments: (value, scope) => {
    const { cut, by = [], only } = value
    scope.value(cut, constantCuts(cuttingOf(value), scope))
    for (const key of by) scope.value(key, null)
    if (only !== undefined) scope.condition(only)
  },
  reach: (value, goal, scope) => {
    const cutting = cuttingOf(value)
    const cuts = cutsOf(cutting, scope.now)
    if (cuts === null || goal.kind !== 'number') return []
    const tiers = Array.from({ length: cuts.length + 1 }, (_, index) => index + 1).filter(
      (tier) =>
        (goal.from === null || BigInt(tier) * ONE >= goal.from) && (goal.to === null || BigInt(tier) * ONE <= goal.to),
    )
    return tiers.flatMap((tier) => scope.value(cutting.cut, tierGoal(cutting, cuts, tier)))
  },
}

function cuttingOf({ cut, at, by = [], only, edge }: CutValue): Cutting {
  return { cut, at, by, only, edge, identity: { cut, at, by, only } }
}

/** The cuts that hold for the subject's group, times 10^8; null = none. */
export function cutsOf({ cut, at, by, only, identity }: Cutting, scope: EvaluateScope): readonly bigint[] | null {
  if (Array.isArray(at)) return at.map((one) => parseDecimal(one)!)
  return scope.fit({ of: cutsFit(at), value: cut, by, only, identity })
}

/** Cuts that do not depend on a group, which may become another. */
export function constantCuts(cutting: Cutting, scope: MomentScope): readonly bigint[] | null {
  const { at, by } = cutting
  if (!Array.isArray(at) && by.length > 0) return null
  return Array.isArray(at) ? at.map((one) => parseDecimal(one)!) : scope.constant((now) => cutsOf(cutting, now))
}

/** Which numbers lie in a tier, 1 …. */
export function tierGoal({ at, edge }: Cutting, cuts: readonly bigint[], tier: number): Goal {
  const up = (edge ?? (Array.isArray(at) ? 'up' : 'down')) === 'up'
  const [low, high] = [cuts[tier - 2], cuts[tier - 1]]
  return {
    kind: 'number',
    from: low === undefined ? null : up ? onGrid(low, true) : onGrid(low, false) + STEP,
    to: high === undefined ? null : up ? high - STEP : high,
  }
}

/** Cuts have 8 decimals, stored numbers 4. */
function onGrid(cut: bigint, upward: boolean): bigint {
  const rest = ((cut % STEP) + STEP) % STEP
  return rest === 0n ? cut : upward ? cut - rest + STEP : cut - rest
}
