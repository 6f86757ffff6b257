import type { Catalog } from '../../catalog/catalog.js'
import {
  type BitmapExpression,
  intersect,
  leavesOf,
  printBitmapExpression,
  subtract,
  unite,
} from './bitmap-expression.js'

/** The published run whose bitmaps stand for a tag, a segment, a list or a population. */
export interface StoredHead {
  readonly baseRun: string
  readonly valueType: 'codes' | 'number' | 'date'
}

export interface TagAudienceContext {
  readonly catalog: Catalog
  /** Number of a tag, segment, list or population -> head, read in one statement so that all leaves are of one moment. */
  readonly heads: ReadonlyMap<number, StoredHead>
  /** Number of the population (the subject kind's number) and which of its values are in: 1 customers, 2 visitors. */
  readonly population: { readonly number: number; readonly values: readonly number[] }
}

export interface AudienceStatement {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

/** An audience that is answered by stored bitmaps alone. */
export interface TagAudience {
  /** One row: people (true), population. */
  readonly count: AudienceStatement
  /** One row: unknown, whom the condition cannot decide. A statement of its own, because it needs many more bitmaps. */
  readonly unknown: AudienceStatement
  /** Up to `limit` profile ids above `after`, ascending, in column profile_id. */
  members(after: number, limit: number): AudienceStatement
  /** Numbers of whatever was read, the population's among them. */
  readonly reads: readonly number[]
}

/** Who is in and who is certainly not; whoever is in neither is unknown (Kleene). */
export interface TruthSets {
  readonly isTrue: BitmapExpression
  readonly isFalse: BitmapExpression
}

interface Leaf {
  readonly number: number
  readonly run: string
  /** null = any value. */
  readonly values: readonly number[] | null
}

/** Collects the stored bitmaps that an audience is made of, each once, and prints them as one scan. */
export class StoredSets {
  readonly #leaves: Leaf[] = []
  readonly population: BitmapExpression

  private constructor(private readonly context: TagAudienceContext) {
    this.population = this.leaf(context.population.number, context.population.values)!
  }

  /** null while the population was never published. */
  static of(context: TagAudienceContext): StoredSets | null {
    return context.heads.has(context.population.number) ? new StoredSets(context) : null
  }

  /** Everybody with one of the values (null = any) of what is published under a number; null when nothing is. */
  leaf(number: number, values: readonly number[] | null): BitmapExpression | null {
    const head = this.context.heads.get(number)
    if (!head) return null
    const leaf: Leaf = { number, run: head.baseRun, values }
    const key = JSON.stringify(leaf)
    const found = this.#leaves.findIndex((other) => JSON.stringify(other) === key)
    if (found >= 0) return { kind: 'leaf', index: found }
    this.#leaves.push(leaf)
    return { kind: 'leaf', index: this.#leaves.length - 1 }
  }

  /** The statements of an audience, which is always a part of the population. */
  audience({ isTrue, isFalse }: TruthSets): TagAudience {
    const members = intersect([this.population, isTrue])
    const unknown = subtract(this.population, unite([isTrue, isFalse]))
    const sizeOf = (set: BitmapExpression): string => `sum(bitmapCardinality(${printBitmapExpression(set)}))`
    const counted = this.#print(unite([members, this.population]))
    const undecided = this.#print(unknown)
    const listed = this.#print(members)
    return {
      count: {
        sql: `SELECT ${sizeOf(members)} AS people, ${sizeOf(this.population)} AS population FROM (${counted.source})`,
        params: counted.params,
      },
      unknown: { sql: `SELECT ${sizeOf(unknown)} AS unknown FROM (${undecided.source})`, params: undecided.params },
      members: (after, limit) => ({
        sql: `SELECT arrayJoin(bitmapToArray(bitmapSubsetLimit(${printBitmapExpression(members)}, {after:UInt32}, {limit:UInt32}))) AS profile_id FROM (${listed.source}) ORDER BY profile_id LIMIT {limit:UInt32}`,
        params: { ...listed.params, after: after + 1, limit },
      }),
      reads: [...new Set(this.#leaves.map((leaf) => leaf.number))],
    }
  }

  /**
   * One scan that reads only the bitmaps an expression needs; leaf i is the column b<i>. Short on purpose: taking the
   * statement apart costs ClickHouse more than the bitmaps do. A run is of one number, so a leaf need not name it.
   */
  #print(expression: BitmapExpression): { source: string; params: Record<string, unknown> } {
    const indices = [...leavesOf(expression)]
    if (indices.length === 0) return { source: 'SELECT slice FROM tag_bitmaps WHERE false GROUP BY slice', params: {} }
    const leaves = indices.map((index) => this.#leaves[index]!)
    const whole = leaves.filter((leaf) => leaf.values === null)
    // Numbers, because strings inside of arrays would be quoted; run ids stay far below 2^53.
    const params: Record<string, unknown> = { runs: distinct(leaves.map((leaf) => Number(leaf.run))) }
    const reads: string[] = []
    if (whole.length > 0) {
      params.whole = distinct(whole.map((leaf) => leaf.number))
      reads.push('tag_id IN {whole:Array(UInt32)}')
    }
    if (whole.length < leaves.length) {
      params.numbers = distinct(leaves.flatMap((leaf) => (leaf.values === null ? [] : [leaf.number])))
      params.values = distinct(leaves.flatMap((leaf) => leaf.values ?? []))
      // More than is wanted when leaves share values; each column takes its own.
      reads.push('tag_id IN {numbers:Array(UInt32)} AND value IN {values:Array(UInt32)}')
    }
    const read = reads.length === 1 ? reads[0] : `(${reads.map((one) => `(${one})`).join(' OR ')})`
    const columns = indices.map((index) => {
      const { run, values } = this.#leaves[index]!
      params[`r${index}`] = run
      let test = `run_id = {r${index}:UInt64}`
      if (values?.length === 1) {
        params[`v${index}`] = values[0]
        test += ` AND value = {v${index}:UInt32}`
      } else if (values !== null) {
        params[`v${index}`] = values
        test += ` AND value IN {v${index}:Array(UInt32)}`
      }
      return `groupBitmapMergeStateIf(users, ${test}) AS b${index}`
    })
    const source = `SELECT slice, ${columns.join(', ')} FROM tag_bitmaps WHERE ${read} AND run_id IN {runs:Array(UInt64)} GROUP BY slice`
    return { source, params }
  }
}

function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)]
}
