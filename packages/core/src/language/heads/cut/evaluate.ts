import { cutsFit } from '../../../compile/fits/cuts-fit.js'
import type { EvaluateScope, EvaluateValue } from '../../../evaluate/scope.js'
import { ONE, parseDecimal } from '../../../kernel/decimal.js'
import type { Condition, Cuts, CutValue, Value } from '../../document.js'

/** The tier of the value, 1 … n. */
export const evaluateCut: EvaluateValue<CutValue> = ({ cut, at, by = [], only, edge }, scope) => {
  const tier = tierOf({ cut, at, by, only, edge, identity: { cut, at, by, only } }, scope)
  return { value: tier === null ? null : BigInt(tier) * ONE }
}

export interface Cutting {
  readonly cut: Value
  readonly at: Cuts
  readonly by: readonly Value[]
  readonly only: Condition | undefined
  readonly edge: 'up' | 'down' | undefined
  readonly identity: unknown
}

/** 1 + the cuts below the value; `edge` says whether a cut equal to the value counts as below. */
export function tierOf({ cut, at, by, only, edge, identity }: Cutting, scope: EvaluateScope): number | null {
  const { value } = scope.value(cut)
  if (typeof value !== 'bigint') return null
  if (Array.isArray(at)) {
    const up = (edge ?? 'up') === 'up'
    return 1 + at.filter((one) => (up ? parseDecimal(one)! <= value : parseDecimal(one)! < value)).length
  }
  const cuts = scope.fit({ of: cutsFit(at), value: cut, by, only, identity })
  if (cuts === null) return null
  return 1 + cuts.filter((one) => (edge === 'up' ? one <= value : one < value)).length
}
