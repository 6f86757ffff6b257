import { call, number } from '../../plan/expr.js'
import type { FitMethod } from '../fit-method.js'

/** Below every value: nobody is under this cut. */
const BELOW_ALL = -(2n ** 127n)

/**
 * Cuts by the share of the total, counted from the top (ABC, 80/95): a value is in the top class while the share held by
 * strictly larger values is below the first probability. A cut is the largest value that is no longer in the class.
 */
export function shareCuts(probs: readonly number[]): FitMethod {
  const falling = probs.toSorted((a, b) => b - a)
  return {
    ask: ({ sorted, sum }) => falling.map((prob) => call('shareCut', sorted, sum, number(Math.round(prob * 10_000)))),
    // An empty answer: everybody is in the class.
    solve: (_count, answers) => answers.map(([cut]) => (cut === '' ? BELOW_ALL : BigInt(cut!))),
  }
}
