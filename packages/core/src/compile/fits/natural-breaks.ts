/**
 * Fisher-Jenks natural breaks: the division of sorted values into `classes` runs with the least sum of squared distances
 * from the mean of their run. Exact (dynamic programming; the best last split never moves left as the values grow, so each
 * row is solved by halving). Ties take the earliest split.
 * `values` ascend, `counts[i]` ≥ 1 is how often `values[i]` occurs. The result are the middles between neighbouring runs, so
 * that the runs are the tiers whichever way a value equal to a cut would go; fewer when there are fewer distinct values than
 * classes.
 * @see Fisher (1958), "On Grouping for Maximum Homogeneity", JASA 53
 */
export function naturalBreaks(values: readonly bigint[], counts: readonly number[], classes: number): bigint[] {
  const { points, weights } = distinct(values, counts)
  const size = points.length
  const runs = Math.min(classes, size)
  if (runs <= 1) return []
  const cost = costOf(points, weights)
  let best = Array.from({ length: size }, (_, end) => cost(0, end))
  const splits: Int32Array[] = []
  for (let run = 2; run <= runs; run++) {
    const next = new Array<number>(size).fill(Number.POSITIVE_INFINITY)
    const split = new Int32Array(size)
    const solve = (low: number, high: number, from: number, to: number): void => {
      if (low > high) return
      const end = (low + high) >> 1
      let at = -1
      for (let start = Math.max(from, run - 1); start <= Math.min(to, end); start++) {
        const total = best[start - 1]! + cost(start, end)
        if (at < 0 || total < next[end]!) {
          next[end] = total
          at = start
        }
      }
      split[end] = at
      solve(low, end - 1, from, at < 0 ? to : at)
      solve(end + 1, high, at < 0 ? from : at, to)
    }
    solve(run - 1, size - 1, run - 1, size - 1)
    best = next
    splits.push(split)
  }
  const cuts: bigint[] = []
  let end = size - 1
  for (let run = splits.length - 1; run >= 0; run--) {
    const start = splits[run]![end]!
    cuts.push(middleOf(points[start - 1]!, points[start]!))
    end = start - 1
  }
  return cuts.reverse()
}

/** The middle of two numbers, rounded down. */
function middleOf(low: bigint, high: bigint): bigint {
  return (low + high) >> 1n
}

function distinct(values: readonly bigint[], counts: readonly number[]) {
  const points: bigint[] = []
  const weights: number[] = []
  values.forEach((value, index) => {
    if (points.at(-1) === value) weights[weights.length - 1]! += counts[index]!
    else {
      points.push(value)
      weights.push(counts[index]!)
    }
  })
  return { points, weights }
}

/** Squared distances from the mean of points from..to, from sums of the values less the first one (floats stay small). */
function costOf(points: readonly bigint[], weights: readonly number[]): (from: number, to: number) => number {
  const origin = points[0]!
  const n = [0]
  const sum = [0]
  const squares = [0]
  points.forEach((point, index) => {
    const x = Number(point - origin) / 1e8
    n.push(n[index]! + weights[index]!)
    sum.push(sum[index]! + weights[index]! * x)
    squares.push(squares[index]! + weights[index]! * x * x)
  })
  return (from, to) => {
    const count = n[to + 1]! - n[from]!
    const total = sum[to + 1]! - sum[from]!
    return Math.max(0, squares[to + 1]! - squares[from]! - (total * total) / count)
  }
}
