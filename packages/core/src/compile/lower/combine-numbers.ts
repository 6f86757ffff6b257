import { aggregate, call, type Expr, missing, number } from '../plan/expr.js'
import { type Lowered, numberOf, quotientOf, scaledOf } from './lowered.js'

/** How numbers of several rows (buckets, related subjects) become one; those that are missing take no part. */
export type Combination = 'sum' | 'avg' | 'min' | 'max'

export const NO_NUMBER: Lowered = numberOf('scaled', missing('Int128'))

/** The numbers of the rows for which `when` holds, combined. `leaf` computes an aggregate once per profile. */
export function combineNumbers(
  get: Combination,
  value: Lowered | null,
  when: readonly Expr[],
  leaf: (expr: Expr) => Expr,
): Lowered {
  if (value?.type !== 'number') return NO_NUMBER
  const scaled = scaledOf(value)
  return COMBINATIONS[get](scaled, [...when, call('isKnown', scaled)], leaf)
}

type Combine = (value: Expr, when: readonly Expr[], leaf: (expr: Expr) => Expr) => Lowered

const COMBINATIONS: Readonly<Record<Combination, Combine>> = {
  sum: (value, when, leaf) => numberOf('scaled', call('narrow', leaf(sumOf(value, when)))),
  avg: (value, when, leaf) => ({
    ...quotientOf({ over: leaf(sumOf(value, when)), under: leaf(aggregate('count', [], when)), underForm: 'whole' }),
    ratio: null,
  }),
  min: (value, when, leaf) => numberOf('scaled', leaf(aggregate('earliest', [value], when))),
  max: (value, when, leaf) => numberOf('scaled', leaf(aggregate('latest', [value], when))),
}

function sumOf(value: Expr, when: readonly Expr[]): Expr {
  return call('ifNull', aggregate('sumWide', [value], when), number(0))
}
