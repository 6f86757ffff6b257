import type { DefinitionEntry } from '../../catalog/catalog.js'
import type { TagDefinition } from '../../language/document.js'
import type { CompileContext, StoredHead } from '../context.js'
import { call, choose, column, type Expr, FALSE, isTrue, missing, number, param } from '../plan/expr.js'
import type { Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import type { ColumnSource } from './column-source.js'
import { instantOf, type Lowered, type LoweredCode, numberOf } from './lowered.js'

/** A value read from the history of a tag or list: a code, all codes held, or a published number or date. */
export interface HistoryRead {
  readonly name: string
  readonly tag: number
  readonly of: 'value' | 'held' | 'num' | 'at'
}

/** Collects what a pass reads of published values. */
export class StoredValues implements ColumnSource {
  readonly #context: CompileContext
  readonly #reads = new Map<string, HistoryRead>()

  constructor(context: CompileContext) {
    this.#context = context
  }

  /** The published run of a tag, segment or list; undefined when values are recomputed or there is none. */
  head(id: number): StoredHead | undefined {
    return this.#context.tags.mode === 'stored' ? this.#context.tags.heads.get(id) : undefined
  }

  reads(): HistoryRead[] {
    return [...this.#reads.values()]
  }

  plans(wanted: ReadonlySet<string>, scans: Scans): Plan[] {
    return this.reads().flatMap((read) => (wanted.has(read.name) ? [scans.tagHistory(read)] : []))
  }

  /** The value of a tag as it was published. */
  published(entry: DefinitionEntry, head: StoredHead, multi: boolean): Lowered {
    if (head.type === 'number') {
      return numberOf('scaled', call('unscaled128', this.#history(entry.number, 'num')))
    }
    if (head.type === 'date') return instantOf(this.#history(entry.number, 'at'))
    const { codes, numbers } = codesInOrder(entry)
    const holds = (places: readonly number[]): Expr =>
      places.length === 0
        ? FALSE
        : stored(
            entry.number,
            head.baseRun,
            places.map((place) => numbers[place - 1]!),
          )
    if (multi) {
      const present = codes.map((_, index) =>
        choose([{ when: holds([index + 1]), then: number(index + 1) }], number(0)),
      )
      return { type: 'codes', indexes: call('presentCodes', ...present), codes }
    }
    const index = choose(
      codes.map((_, place) => ({ when: holds([place + 1]), then: number(place + 1) })),
      number(0),
    )
    const code: LoweredCode = { type: 'code', index, codes, holds }
    return code
  }

  /** The value of the newest published run up to the moment, read from the history. */
  lastPublished(entry: DefinitionEntry, { family, values }: TagDefinition): Lowered {
    const isListed = values !== undefined && values.length > 0
    if (!isListed && entry.sqlKind === 'number') {
      return numberOf('scaled', call('unscaled128', this.#history(entry.number, 'num')))
    }
    if (!isListed && entry.sqlKind === 'date') return instantOf(this.#history(entry.number, 'at'))
    const codes = isListed ? values.map(({ code }) => String(code)) : codesInOrder(entry).codes
    const known = param(
      'Array(UInt32)',
      codes.map((code) => entry.codes.get(code) ?? UNUSED_CODE),
    )
    if (family === 'multi') {
      return { type: 'codes', indexes: call('placesOf', this.#history(entry.number, 'held'), known), codes }
    }
    const value = this.#history(entry.number, 'value')
    const place = call('indexOf', known, call('known', value))
    const index = choose([{ when: isTrue(call('gt', value, number(0))), then: place }], number(0))
    if (isListed || entry.sqlKind !== 'bool') return { type: 'code', index, codes }
    const placeOf = (text: string): Expr => call('eq', index, number(Math.max(codes.indexOf(text), -1) + 1))
    const isBlank = call('eq', index, number(0))
    return {
      type: 'bool',
      expr: choose(
        [
          { when: isBlank, then: missing('UInt8') },
          { when: placeOf('true'), then: number(1) },
        ],
        number(0),
      ),
    }
  }

  /** Whether the profile is in a published segment: 1 in, 2 not known. */
  segment(id: number): Expr {
    const run = this.head(id)!.baseRun
    return choose(
      [
        { when: stored(id, run, [1]), then: number(1) },
        { when: stored(id, run, [2]), then: missing('UInt8') },
      ],
      number(0),
    )
  }

  /** Whether the profile is among those a snapshot took last; never unknown. */
  snapshot(id: number): Expr {
    const head = this.head(id)
    if (head !== undefined) return stored(id, head.baseRun, [1])
    return call('eq', this.#history(id, 'value'), number(1))
  }

  /** Whether the profile is in a list; never unknown. */
  list(id: number): Expr {
    const head = this.head(id)
    if (head !== undefined) return stored(id, head.baseRun, [1])
    return call('gt', this.#history(id, 'value'), number(0))
  }

  #history(tag: number, of: HistoryRead['of']): Expr {
    const key = `${of}${tag}`
    let read = this.#reads.get(key)
    if (read === undefined) {
      read = { name: `h_${this.#reads.size}`, tag, of }
      this.#reads.set(key, read)
    }
    return column(read.name)
  }
}

/** The number of a listed value that nobody ever had. */
const UNUSED_CODE = 4_294_967_295

function stored(tag: number, run: string, values: readonly number[]): Expr {
  return { kind: 'stored', tag, run, values }
}

/** Codes of a tag with their numbers in ClickHouse, in the order of the numbers. */
export function codesInOrder(entry: DefinitionEntry): { codes: string[]; numbers: number[] } {
  const pairs = [...entry.codes].sort((a, b) => a[1] - b[1])
  return { codes: pairs.map(([code]) => code), numbers: pairs.map(([, place]) => place) }
}
