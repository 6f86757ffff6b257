import { call } from '../../plan/expr.js'
import type { FitMethod } from '../fit-method.js'

/** One cut at the mean, truncated at 8 decimals as every quotient is. */
export const meanCut: FitMethod = {
  ask: ({ sum }) => [call('textOfNumber', sum)],
  solve: (count, [sum]) => [BigInt(sum![0]!) / count],
}
