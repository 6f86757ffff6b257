import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { naturalBreaks } from './natural-breaks.js'

const scaled = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b).map((value) => BigInt(value * 100_000_000))
const ones = (values: readonly unknown[]) => values.map(() => 1)

describe('naturalBreaks', () => {
  it('puts the cuts into the gaps', () => {
    const values = scaled([1, 2, 3, 20, 21, 22, 100, 101])
    expect(naturalBreaks(values, ones(values), 3)).toEqual(scaled([11.5, 61]))
  })

  it('has fewer cuts than asked for when there are fewer values, and none for one value', () => {
    expect(naturalBreaks(scaled([5, 5, 9]), [1, 1, 1], 4)).toEqual(scaled([7]))
    expect(naturalBreaks(scaled([5]), [7], 3)).toEqual([])
    expect(naturalBreaks([], [], 3)).toEqual([])
  })

  it('takes counts as that many equal values', () => {
    const many = scaled([1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 9])
    expect(naturalBreaks(scaled([1, 4, 9]), [9, 1, 1], 2)).toEqual(naturalBreaks(many, ones(many), 2))
  })

  it('has the least spread of all divisions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 9 }),
        fc.integer({ min: 2, max: 4 }),
        (numbers, classes) => {
          const values = scaled(numbers)
          const cuts = naturalBreaks(values, ones(values), classes)
          const best = Math.min(...divisions(values, Math.min(classes, new Set(values).size)).map(spread))
          expect(spread(runsOf(values, cuts))).toBeCloseTo(best, 6)
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** All ways to divide sorted values into runs that keep equal values together. */
function divisions(values: readonly bigint[], classes: number): bigint[][][] {
  const points = [...new Set(values)]
  const choose = (from: number, left: number): bigint[][] => {
    if (left === 0) return [[]]
    const found: bigint[][] = []
    for (let at = from; at < points.length - 1; at++) {
      for (const rest of choose(at + 1, left - 1)) found.push([points[at]!, ...rest])
    }
    return found
  }
  return choose(0, classes - 1).map((cuts) => runsOf(values, cuts))
}

function runsOf(values: readonly bigint[], cuts: readonly bigint[]): bigint[][] {
  const runs: bigint[][] = Array.from({ length: cuts.length + 1 }, () => [])
  for (const value of values) runs[cuts.filter((cut) => cut < value).length]!.push(value)
  return runs
}

function spread(runs: readonly (readonly bigint[])[]): number {
  return runs.reduce((sum, run) => {
    const numbers = run.map((value) => Number(value) / 1e8)
    const mean = numbers.reduce((a, b) => a + b, 0) / Math.max(1, numbers.length)
    return sum + numbers.reduce((a, b) => a + (b - mean) ** 2, 0)
  }, 0)
}
