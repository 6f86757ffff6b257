import type { GroupGet } from '../lower/scope.js'
import { call } from '../plan/expr.js'
import type { FitMethod } from './fit-method.js'
import { meanCut } from './methods/mean.js'
import { medianCut } from './methods/median.js'
import { sampleDeviation } from './methods/sd.js'
import { askQuantile, fractionOf, solveQuantile } from './quantile.js'

type GroupGetName = Extract<GroupGet, string>

/** Numbers of a group. Sums that no longer fit 128 bits are no number. */
const NUMBERS: Readonly<Record<GroupGetName, FitMethod>> = {
  mean: meanCut,
  median: medianCut,
  sd: {
    ask: ({ sum, sumOfSquares }) => [call('textOfNumber', sum), call('textOfNumber', sumOfSquares)],
    solve: (count, [sum, squares]) => {
      const sd = sampleDeviation(count, BigInt(sum![0]!), BigInt(squares![0]!))
      return sd === null ? [] : [sd]
    },
  },
  min: { ask: ({ min }) => [call('textOfNumber', min)], solve: (_count, [min]) => [BigInt(min![0]!)] },
  max: { ask: ({ max }) => [call('textOfNumber', max)], solve: (_count, [max]) => [BigInt(max![0]!)] },
  sum: {
    ask: ({ sum }) => [call('textOfNumber', sum)],
    solve: (_count, [sum]) => (fits(BigInt(sum![0]!)) ? [BigInt(sum![0]!)] : []),
  },
  count: { ask: () => [], solve: (count) => [count * 100_000_000n] },
}

/** How a number of a group is asked for; groups with fewer than `atLeast` known values have none. */
export function groupNumber(get: GroupGet, atLeast: number): FitMethod {
  const method = typeof get === 'string' ? NUMBERS[get] : quantileNumber(get.quantile)
  return { ...method, solve: (count, answers) => (count < BigInt(atLeast) ? [] : method.solve(count, answers)) }
}

function quantileNumber(probability: number): FitMethod {
  const fraction = fractionOf(probability)
  return {
    ask: ({ sorted }) => askQuantile(sorted, fraction),
    solve: (count, [low, high]) => [solveQuantile(count, fraction, low![0]!, high![0]!)],
  }
}

function fits(value: bigint): boolean {
  return value >= -(2n ** 127n) && value < 2n ** 127n
}
