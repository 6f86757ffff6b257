import { call } from '../../plan/expr.js'
import type { FitMethod } from '../fit-method.js'
import { naturalBreaks } from '../natural-breaks.js'
import { MOST_DISTINCT } from './most-distinct.js'

/** Natural breaks (Fisher-Jenks): cuts that make the values of each tier most alike. */
export function breaksCuts(n: number): FitMethod {
  return {
    // Distinct values with the place of their last one in order, or the stand-ins with no places.
    ask: ({ sorted }) => [call('distinctOrBins', sorted), call('lastPlaces', sorted)],
    solve: (_count, [values, places]) => {
      const numbers = values!.map((value) => BigInt(value))
      const counts =
        places!.length === 0
          ? numbers.map(() => 1)
          : places!.map((place, i) => Number(place) - Number(places![i - 1] ?? 0))
      return naturalBreaks(numbers, counts, n)
    },
    note: (_count, [, places]) => (places!.length === 0 ? `breaks of ${MOST_DISTINCT} quantiles` : undefined),
  }
}
