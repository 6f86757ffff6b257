import { call } from '../../plan/expr.js'
import type { FitMethod } from '../fit-method.js'
import { roundedQuotient } from '../quantile.js'

/** Cuts that divide the way from the smallest to the largest value into `n` equal parts. */
export function widthCuts(n: number): FitMethod {
  return {
    ask: ({ min, max }) => [call('textOfNumber', min), call('textOfNumber', max)],
    solve: (_count, [min, max]) => {
      const [low, high] = [BigInt(min![0]!), BigInt(max![0]!)]
      return Array.from(
        { length: n - 1 },
        (_, index) => low + roundedQuotient((high - low) * BigInt(index + 1), BigInt(n)),
      )
    },
  }
}
