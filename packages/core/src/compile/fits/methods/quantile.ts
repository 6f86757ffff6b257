import type { FitMethod } from '../fit-method.js'
import { askQuantile, type Fraction, fractionOf, solveQuantile } from '../quantile.js'

/** Cuts at quantiles: `n` tiers of equal size, or at the given probabilities. */
export function quantileCuts(n: number | null, probs: readonly number[] | null): FitMethod {
  const fractions: Fraction[] =
    probs !== null
      ? probs.map(fractionOf)
      : Array.from({ length: (n ?? 1) - 1 }, (_, index) => ({ k: index + 1, of: n! }))
  return {
    ask: ({ sorted }) => fractions.flatMap((fraction) => askQuantile(sorted, fraction)),
    solve: (count, answers) =>
      fractions.map((fraction, index) =>
        solveQuantile(count, fraction, answers[2 * index]![0]!, answers[2 * index + 1]![0]!),
      ),
  }
}
