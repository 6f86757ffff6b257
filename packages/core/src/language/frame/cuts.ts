import { z } from 'zod'
import type { CutMethod, Cuts, Fit } from '../document.js'
import { checked, REFUSED, type Report, rule } from './checked.js'
import { anyOf, described } from './described.js'
import { say } from './message.js'
import { number, oneOf } from './primitives.js'
import { readObject } from './read-object.js'

/** Every way to learn cuts. */
export const METHODS = [
  'quantile',
  'width',
  'breaks',
  'sd',
  'mean',
  'median',
  'share',
] as const satisfies readonly CutMethod[]
const MOST_TIERS = 100

/** How often a fit is made anew. */
export const fit: z.ZodType<Fit> = oneOf(['daily', 'weekly', 'monthly', 'frozen'])

const fitted = z
  .strictObject({
    method: oneOf(METHODS),
    n: z.number().int().min(2).max(MOST_TIERS).exactOptional(),
    probs: z
      .array(z.number().gt(0).lt(1))
      .min(1)
      .max(MOST_TIERS - 1)
      .exactOptional(),
    fit: fit.exactOptional(),
  })
  .check(rule(checkMethod))

/** Where a cut cuts: rising numbers, or a method that finds them in the population. */
export const cuts: z.ZodType<Cuts> = described(
  checked((input, report) => {
    if (Array.isArray(input)) return readPoints(input, report)
    if (typeof input === 'object' && input !== null) return readObject(fitted, 'at', input, report)
    report(say('at is a list of numbers or { method: quantile, n: 4 }', 'at 应为数字列表或 { method: quantile, n: 4 }'))
    return REFUSED
  }),
  (json) => anyOf({ type: 'array', items: { type: 'number' }, minItems: 1, maxItems: MOST_TIERS - 1 }, json(fitted)),
)

/** How many tiers the cuts make. */
export function tiersOf(at: Cuts): number {
  if (Array.isArray(at)) return at.length + 1
  if (at.method === 'sd') return 5
  if (at.method === 'mean' || at.method === 'median') return 2
  return at.probs ? at.probs.length + 1 : (at.n ?? 2)
}

function readPoints(input: readonly unknown[], report: Report): number[] | typeof REFUSED {
  const points: number[] = []
  if (input.length === 0) report(say('at least one cut is needed', '至少需要一个分界点'))
  if (input.length > MOST_TIERS - 1) report(say(`at most ${MOST_TIERS - 1} cuts`, `最多 ${MOST_TIERS - 1} 个分界点`))
  for (const [index, point] of input.slice(0, MOST_TIERS - 1).entries()) {
    const read = number.safeParse(point)
    if (!read.success) {
      report(
        say('a cut is a number with at most 14 digits and 4 decimals', '分界点应为最多 14 位、4 位小数的数字'),
        index,
      )
    } else if (points.length > 0 && read.data <= points.at(-1)!) {
      report(say('cuts rise: this one is not above the one before', '分界点须递增：此处不大于前一个'), index)
    } else points.push(read.data)
  }
  return points.length === input.length && points.length > 0 ? points : REFUSED
}

function checkMethod(cut: z.output<typeof fitted>, report: Report): void {
  const { method, n, probs } = cut
  if (n !== undefined && probs !== undefined) {
    report(say('n and probs both set the cuts: keep one', 'n 与 probs 都在设定分界点：只保留一个'), 'probs')
  }
  if (probs?.some((prob, index) => index > 0 && prob <= probs[index - 1]!)) {
    report(say('probs rise, for example [0.5, 0.85]', 'probs 须递增，例如 [0.5, 0.85]'), 'probs')
  }
  if (method === 'quantile' && n === undefined && probs === undefined) {
    report(say('quantile needs n (number of tiers) or probs', 'quantile 需要 n（档数）或 probs'), 'n')
  }
  if (method === 'share' && probs === undefined) {
    report(say('share needs probs, for example [0.8, 0.95]', 'share 需要 probs，例如 [0.8, 0.95]'), 'probs')
  }
  if ((method === 'width' || method === 'breaks') && n === undefined) {
    report(say(`${method} needs n (number of tiers)`, `${method} 需要 n（档数）`), 'n')
  }
  const takesProbs = method === 'quantile' || method === 'share'
  if (probs !== undefined && !takesProbs) report(say(`${method} takes no probs`, `${method} 不用 probs`), 'probs')
  const takesN = method === 'quantile' || method === 'width' || method === 'breaks'
  if (n !== undefined && !takesN) report(say(`${method} takes no n`, `${method} 不用 n`), 'n')
}
