import type { Condition, Fit, Value } from '../document.js'

const TIERS = 5

/** The quintile (1 lowest … 5 highest) of a value in the population. */
export function quintileOf(value: Value, fit: Fit | undefined): Value {
  return { cut: value, at: { method: 'quantile', n: TIERS, ...(fit === undefined ? {} : { fit }) } }
}

/**
 * That the score of a value lies in a range of 1 … 5. With `reversed`, small values score high: the score is 6 − tier.
 */
export function scoreIn(
  value: Value,
  [low, high]: readonly [number, number],
  reversed: boolean,
  fit: Fit | undefined,
): Condition {
  const [from, to] = reversed ? [TIERS + 1 - high, TIERS + 1 - low] : [low, high]
  const tier = quintileOf(value, fit)
  if (from === to) return { ...tier, is: from }
  if (from === 1) return { ...tier, lte: to }
  return to === TIERS ? { ...tier, gte: from } : { ...tier, between: [from, to] }
}
