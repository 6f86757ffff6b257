import { AppError } from '@tagtree/core/kernel/app-error'
import { type AudienceReference, publishedTarget } from './audience.js'
import { populationValues } from './population-values.js'
import type { SegmentScope } from './segment-scope.js'

/** Audiences that can be held against each other at once: 2^6 - 1 combinations are still a picture. */
export const MOST_AUDIENCES = 6

export interface Overlap {
  readonly subject: string
  readonly population: number
  /** Answer i is of audience i. `undecided`: whom a segment cannot decide; they are in no combination of it. */
  readonly audiences: readonly { readonly people: number; readonly undecided: number; readonly asOf: number }[]
  /** Every combination with people in it: exactly in these audiences and in none of the others, most people first. */
  readonly combinations: readonly { readonly in: readonly number[]; readonly people: number }[]
  readonly pairs: readonly PairOverlap[]
}

export interface PairOverlap {
  readonly left: number
  readonly right: number
  readonly both: number
  readonly onlyLeft: number
  readonly onlyRight: number
  /** Shares of both: of the left, of the right, of those in either. null = of nobody. */
  readonly ofLeft: number | null
  readonly ofRight: number | null
  readonly jaccard: number | null
}

/**
 * Who is in which of several published audiences. Counts are exact: bitmaps hold every member, and every combination is an
 * intersection of them; what is published at one moment is read in one statement.
 * @throws AppError NOT_FOUND | NOT_PUBLISHED | AUDIENCES_DIFFER
 */
export async function overlapAudiences(
  scope: SegmentScope,
  references: readonly AudienceReference[],
  signal?: AbortSignal,
): Promise<Overlap> {
  const targets = references.map((reference) => publishedTarget(scope, reference))
  const subjects = [...new Set(targets.map((target) => target.subject))]
  const [subject = 'person'] = subjects
  if (subjects.length > 1) throw new AppError('AUDIENCES_DIFFER', { words: { subjects: subjects.join(', ') } })
  const everybody = scope.heads.get(scope.catalog.subjects.get(subject)!.number)
  if (everybody === undefined) throw new AppError('NOT_PUBLISHED', { words: { name: subject } })
  const leaves = targets.map(({ number, values }) => ({ number, run: scope.heads.get(number)!.baseRun, values }))
  const population = { number: everybody.number, run: everybody.baseRun, values: populationValues() }
  const { sql, params } = intersections([population, ...leaves])
  const [row] = await scope.clickhouse.query<Record<string, string>>(sql, { params, signal })
  const sizes = Array.from({ length: 1 << targets.length }, (_, mask) => Number(row?.[`n${mask}`] ?? 0))
  const exact = exactly(sizes)
  const combinations = exact.flatMap((people, mask) =>
    mask === 0 || people === 0 ? [] : [{ in: placesOf(mask), people }],
  )
  return {
    subject,
    population: sizes[0]!,
    audiences: targets.map(({ number, undecided }, index) => ({
      people: sizes[1 << index]!,
      undecided: undecided.reduce((sum, code) => sum + (scope.heads.get(number)!.counts.values[code] ?? 0), 0),
      asOf: scope.heads.get(number)!.asOf,
    })),
    combinations: combinations.sort((a, b) => b.people - a.people || a.in.length - b.in.length),
    pairs: pairsOf(targets.length, sizes),
  }
}

interface Leaf {
  readonly number: number
  readonly run: string
  readonly values: readonly number[] | null
}

/** Sizes n0 (everybody), n1 … of every intersection; bit i of the number says that audience i takes part. */
function intersections([population, ...leaves]: readonly Leaf[]): { sql: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = {}
  const tests = [population!, ...leaves].map(({ number, run, values }, index) => {
    Object.assign(params, { [`t${index}`]: number, [`r${index}`]: run })
    const test = `tag_id = {t${index}:UInt32} AND run_id = {r${index}:UInt64}`
    if (values === null) return test
    params[`v${index}`] = values
    return `${test} AND value IN {v${index}:Array(UInt32)}`
  })
  const bitmaps = tests.map((test, index) => `groupBitmapMergeStateIf(users, ${test}) AS b${index}`)
  const sets = ['b0 AS x0']
  const sizes = ['toString(sum(bitmapCardinality(x0))) AS n0']
  for (let mask = 1; mask < 1 << leaves.length; mask++) {
    const highest = 31 - Math.clz32(mask)
    sets.push(`bitmapAnd(x${mask ^ (1 << highest)}, b${highest + 1}) AS x${mask}`)
    sizes.push(`toString(sum(bitmapCardinality(x${mask}))) AS n${mask}`)
  }
  const source = `SELECT ${bitmaps.join(', ')} FROM tag_bitmaps WHERE ${tests.map((test) => `(${test})`).join(' OR ')} GROUP BY slice`
  return { sql: `SELECT ${sizes.join(', ')} FROM (SELECT ${sets.join(', ')} FROM (${source}))`, params }
}

/** From the sizes of intersections those of the exclusive combinations: whoever is in a larger one is taken away. */
export function exactly(sizes: readonly number[]): number[] {
  const exact = [...sizes]
  for (let bit = 1; bit < sizes.length; bit <<= 1) {
    for (let mask = 0; mask < sizes.length; mask++) {
      if ((mask & bit) === 0) exact[mask]! -= exact[mask | bit]!
    }
  }
  return exact
}

function placesOf(mask: number): number[] {
  return Array.from({ length: MOST_AUDIENCES }, (_, index) => index).filter((index) => (mask & (1 << index)) !== 0)
}

function pairsOf(count: number, sizes: readonly number[]): PairOverlap[] {
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
  const pairs: PairOverlap[] = []
  for (let left = 0; left < count; left++) {
    for (let right = left + 1; right < count; right++) {
      const [both, ofLeft, ofRight] = [sizes[(1 << left) | (1 << right)]!, sizes[1 << left]!, sizes[1 << right]!]
      pairs.push({
        left,
        right,
        both,
        onlyLeft: ofLeft - both,
        onlyRight: ofRight - both,
        ofLeft: share(both, ofLeft),
        ofRight: share(both, ofRight),
        jaccard: share(both, ofLeft + ofRight - both),
      })
    }
  }
  return pairs
}
