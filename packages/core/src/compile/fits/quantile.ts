import { call, type Expr, number } from '../plan/expr.js'

/** A quantile as a fraction `k / of` of whole numbers. */
export interface Fraction {
  readonly k: number
  readonly of: number
}

/** Probabilities have at most 4 decimals. */
export function fractionOf(probability: number): Fraction {
  return { k: Math.round(probability * 10_000), of: 10_000 }
}

/**
 * The two order statistics that type 7 (Hyndman & Fan 1996, also R's and NumPy's default) puts a quantile between: with
 * h = (count − 1)·k/of, the values at ⌊h⌋ and ⌊h⌋ + 1, counted from 0.
 */
export function askQuantile(sorted: Expr, { k, of }: Fraction): Expr[] {
  return [0, 1].map((more) => call('textOfNumber', call('orderStatistic', sorted, number(k), number(of), number(more))))
}

/** Interpolates between the two, exactly, rounded half-even to 8 decimals: floats would move cuts that equal a value. */
export function solveQuantile(count: bigint, { k, of }: Fraction, low: string, high: string): bigint {
  const rest = ((count - 1n) * BigInt(k)) % BigInt(of)
  const lower = BigInt(low)
  return lower + roundedQuotient((BigInt(high) - lower) * rest, BigInt(of))
}

/** a / b rounded half-even; b > 0. */
export function roundedQuotient(a: bigint, b: bigint): bigint {
  const size = a < 0n ? -a : a
  const down = size / b
  const twiceRest = (size - down * b) * 2n
  const up = twiceRest > b || (twiceRest === b && down % 2n === 1n) ? down + 1n : down
  return a < 0n ? -up : up
}
