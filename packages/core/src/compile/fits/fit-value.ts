import type { FitExpr } from '../plan/expr.js'
import type { ParamType, ParamValue } from '../statement.js'

/**
 * What a full run learnt about a population: cuts between tiers, or one number. Plain data, stored with the definition's
 * version. Numbers are scaled integers (times 10^8) as text.
 */
export interface FitValue {
  /** One entry per group; the only one has the key '' when everybody is one group. Sorted by key. */
  readonly groups: readonly FitGroup[]
  /** How the cuts were found when it was not exact. */
  readonly note?: string
}
export interface FitGroup {
  /** Text of the group's values; see `groupKey` of the printer. */
  readonly key: string
  /** Subjects whose value is known. */
  readonly count: number
  /** Cuts in ascending order, or the one number; empty = there is no fit for the group. */
  readonly values: readonly string[]
}

/** The fits a statement is bound with, by the key of their step. */
export type FitValues = Map<string, FitValue>

/** Above every value: a cut that is not there has nobody above it. */
const ABOVE_ALL = 2n ** 127n - 1n

/** What a plan's `fit` expression binds. Without a fit everything is unknown, so values that rest on it are missing. */
export function bindFit(
  fits: FitValues,
  { key, part, index = 0 }: Pick<FitExpr, 'key' | 'part' | 'index'>,
): { type: ParamType; value: ParamValue } {
  const groups = (fits.get(key)?.groups ?? []).filter((group) => group.values.length > 0)
  switch (part) {
    case 'known':
      return { type: 'UInt8', value: groups.length > 0 ? 1 : 0 }
    case 'number':
      return { type: 'Int128', value: BigInt(groups[0]?.values[index] ?? ABOVE_ALL) }
    // Place 0 is "no such group"; arrays of the engine may not be empty in a look-up.
    case 'groupKeys':
      return { type: 'Array(String)', value: ['', ...groups.map((group) => group.key)] }
    case 'groupPlaces':
      return { type: 'Array(UInt32)', value: [0, ...groups.map((_, place) => place + 1)] }
    case 'groupValues':
      return { type: 'Array(Array(Int128))', value: [[], ...groups.map((group) => group.values.map(BigInt))] }
  }
}
