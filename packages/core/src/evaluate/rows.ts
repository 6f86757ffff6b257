import type { Catalog } from '../catalog/catalog.js'
import type { Id } from '../language/document.js'
import { evaluateTest } from '../language/event-scope/evaluate-test.js'
import { streamScopeOf } from '../language/frame/stream-scope.js'
import { relationOf } from '../language/heads/via/links.js'
import { ChangeRow, changesOf, inLogOrder } from './change-rows.js'
import { EventRow, EventStream, type ItemReader } from './event-rows.js'
import type { EventFact, SubjectFacts } from './facts.js'
import type { OperatorScope } from './operator-scope.js'
import type { EvaluateScope, Row, RowsOf } from './scope.js'

/** What a tag's published values are. */
export interface TagShape {
  readonly isMulti: boolean
  /** Codes from lowest to highest when it is ordered. */
  readonly ranks: readonly string[] | null
}

/** Reads rows; remembers what depends on the document alone, and each subject's events in order. */
export class RowReader {
  readonly #streams = new WeakMap<object, EventStream>()
  readonly #sorted = new WeakMap<SubjectFacts, readonly EventFact[]>()

  constructor(
    private readonly catalog: Catalog,
    private readonly items: ItemReader,
    private readonly shapeOf: (tag: Id) => TagShape,
  ) {}

  /** The rows that pass the test inside the window, in the order of moments and numbers; null = the window is missing. */
  rows(of: RowsOf, scope: EvaluateScope, place: OperatorScope): readonly Row[] | null {
    const bounds = scope.window(of.within ?? 'ever')
    if (bounds === null) return null
    const from = bounds.from ?? Number.NEGATIVE_INFINITY
    const to = Math.min(bounds.to ?? Number.POSITIVE_INFINITY, scope.asOf)
    const found: Row[] = []
    const { where } = of
    for (const row of this.#all(of, scope, place, from, to)) {
      if (where === undefined || evaluateTest(where, row.scope) === true) found.push(row)
    }
    return found
  }

  *#all(of: RowsOf, scope: EvaluateScope, place: OperatorScope, from: number, to: number): Iterable<Row> {
    const stream = streamScopeOf(of.did, of.each)
    if (stream.kind === 'changes') {
      const shape = stream.of === 'tag' ? this.shapeOf(stream.id) : { isMulti: false, ranks: null }
      const links = stream.of === 'relation' ? relationOf(stream.id, scope) : []
      for (const change of changesOf(stream, scope.facts, scope.asOf, shape.isMulti, links)) {
        if (change.ts >= from && change.ts < to) yield new ChangeRow(change, place, shape.ranks)
      }
      return
    }
    let reader = this.#streams.get(of)
    if (reader === undefined) {
      reader = new EventStream(this.catalog, stream, this.items)
      this.#streams.set(of, reader)
    }
    for (const event of this.#inOrder(scope.facts)) {
      if (event.ts >= to) return
      if (event.ts < from || !reader.reads(event.event)) continue
      if (!reader.hasLines) yield new EventRow(reader, event, null, place)
      else for (let line = 0; line < event.items.length; line++) yield new EventRow(reader, event, line, place)
    }
  }

  #inOrder(facts: SubjectFacts): readonly EventFact[] {
    let sorted = this.#sorted.get(facts)
    if (sorted === undefined) {
      sorted = facts.events.toSorted(inLogOrder)
      this.#sorted.set(facts, sorted)
    }
    return sorted
  }
}
