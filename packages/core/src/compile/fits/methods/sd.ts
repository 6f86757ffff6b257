import { decimalFromFloat } from '../../../kernel/decimal.js'
import { call } from '../../plan/expr.js'
import type { FitMethod } from '../fit-method.js'

/** Cuts at mean + k·sd for k = −1, 0, 1, 2; none when everybody has the same value or there is only one. */
export const sdCuts: FitMethod = {
  ask: ({ sum, sumOfSquares }) => [call('textOfNumber', sum), call('textOfNumber', sumOfSquares)],
  solve: (count, [sum, squares]) => {
    const sd = sampleDeviation(count, BigInt(sum![0]!), BigInt(squares![0]!))
    if (sd === null || sd === 0n) return []
    const mean = BigInt(sum![0]!) / count
    return [-1n, 0n, 1n, 2n].map((k) => mean + k * sd)
  },
}

/**
 * Sample standard deviation (divided by count − 1), rounded to 6 decimals; null for fewer than two values. The sums are
 * exact integers, only the last step is a float, so both engines give the same.
 */
export function sampleDeviation(count: bigint, sum: bigint, sumOfSquares: bigint): bigint | null {
  if (count < 2n) return null
  const scaledVariance = (count * sumOfSquares - sum * sum) / (count * (count - 1n))
  return decimalFromFloat(Math.sqrt(Number(scaledVariance)) / 1e8, 6)
}
