import { naturalBreaks } from '../compile/fits/natural-breaks.js'
import type { FitKind } from '../compile/lower/fit-registry.js'
import type { GroupGet } from '../compile/lower/scope.js'
import { decimalFromFloat } from '../kernel/decimal.js'
import type { CutMethod } from '../language/document.js'

/** Cuts or the number of a group from all its values at once; [] = none. The plain counterpart of `compile/fits`. */
export function solveInMemory(of: FitKind, values: readonly bigint[]): readonly bigint[] {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  if (of.kind === 'cuts') return CUTS[of.method](sorted, of.n ?? 1, of.probs)
  return sorted.length < of.atLeast ? [] : groupNumber(of.get, sorted)
}

const CUTS: Readonly<
  Record<CutMethod, (sorted: readonly bigint[], n: number, probs: readonly number[] | null) => readonly bigint[]>
> = {
  quantile: (sorted, n, probs) =>
    probs === null
      ? Array.from({ length: n - 1 }, (_, index) => quantile(sorted, BigInt(index + 1), BigInt(n)))
      : probs.map((prob) => quantile(sorted, BigInt(Math.round(prob * 10_000)), 10_000n)),
  median: (sorted) => [quantile(sorted, 1n, 2n)],
  mean: (sorted) => [total(sorted) / BigInt(sorted.length)],
  width: (sorted, n) => {
    const [low, high] = [sorted[0]!, sorted.at(-1)!]
    return Array.from({ length: n - 1 }, (_, index) => low + halfEven((high - low) * BigInt(index + 1), BigInt(n)))
  },
  sd: (sorted) => {
    const sd = deviation(sorted)
    if (sd === null || sd === 0n) return []
    const mean = total(sorted) / BigInt(sorted.length)
    return [mean - sd, mean, mean + sd, mean + 2n * sd]
  },
  share: (sorted, _n, probs) => {
    const whole = total(sorted)
    const falling = sorted.toReversed()
    return [...(probs ?? [])]
      .sort((a, b) => b - a)
      .map((prob) => {
        const share = BigInt(Math.round(prob * 10_000))
        const isOut = (value: bigint): boolean =>
          total(falling.filter((other) => other > value)) * 10_000n >= whole * share
        return falling.find(isOut) ?? -(2n ** 127n)
      })
  },
  breaks: (sorted, n) =>
    naturalBreaks(
      sorted,
      sorted.map(() => 1),
      n,
    ),
}

function groupNumber(get: GroupGet, sorted: readonly bigint[]): readonly bigint[] {
  if (typeof get === 'object') return [quantile(sorted, BigInt(Math.round(get.quantile * 10_000)), 10_000n)]
  switch (get) {
    case 'count':
      return [BigInt(sorted.length) * 100_000_000n]
    case 'sum':
      return [total(sorted)]
    case 'mean':
      return [total(sorted) / BigInt(sorted.length)]
    case 'median':
      return [quantile(sorted, 1n, 2n)]
    case 'min':
      return [sorted[0]!]
    case 'max':
      return [sorted.at(-1)!]
    case 'sd': {
      const sd = deviation(sorted)
      return sd === null ? [] : [sd]
    }
  }
}

/** Type 7: h = (n − 1)·k/of lies between two values; the rest of h divides their distance. */
function quantile(sorted: readonly bigint[], k: bigint, of: bigint): bigint {
  const h = BigInt(sorted.length - 1) * k
  const low = sorted[Number(h / of)]!
  const high = sorted[Math.min(Number(h / of) + 1, sorted.length - 1)]!
  return low + halfEven((high - low) * (h % of), of)
}

function total(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n)
}

/** Sample deviation as a float of 6 decimals. */
function deviation(values: readonly bigint[]): bigint | null {
  const n = BigInt(values.length)
  if (n < 2n) return null
  const sum = total(values)
  const squares = total(values.map((value) => value * value))
  return decimalFromFloat(Math.sqrt(Number((n * squares - sum * sum) / (n * (n - 1n)))) / 1e8, 6)
}

function halfEven(a: bigint, b: bigint): bigint {
  const down = a / b
  const twice = (a - down * b) * 2n
  return twice > b || (twice === b && down % 2n === 1n) ? down + 1n : down
}
