import { applyChange, type FoldedAttribute, inOrder } from '../catalog/attribute-fold.js'
import type { StoredValue } from '../catalog/coerce.js'
import { parseDecimal } from '../kernel/decimal.js'
import type { Field } from '../language/document.js'
import type { EventScope, EventScopeValue } from '../language/event-scope/event-scope.js'
import type { StreamScope } from '../language/frame/scope.js'
import { clockField } from '../language/heads/clock/fields.js'
import type { PublishedFact, RelationFact, SubjectFacts } from './facts.js'
import type { OperatorScope } from './operator-scope.js'
import type { Row } from './scope.js'

type ChangeStream = StreamScope & { kind: 'changes' }

/** One change before a row can be tested. */
export interface Change {
  readonly ts: number
  readonly seq: bigint
  readonly from: EventScopeValue
  readonly to: EventScopeValue
  readonly op: 'set' | 'added' | 'removed'
}

/**
 * The changes of an attribute, tag, segment, list or relation before `asOf`, in the order of moments and numbers. What was
 * given again without becoming another is no change. `isMulti`: the tag has several values at once.
 */
export function changesOf(
  { of, id }: ChangeStream,
  facts: SubjectFacts,
  asOf: number,
  isMulti: boolean,
  links: readonly RelationFact[],
): Change[] {
  if (of === 'attr') return attributeChanges(id, facts, asOf)
  if (of === 'relation') return relationChanges(links, asOf)
  const published = (facts.published?.get(`${of}:${id}`) ?? []).filter((row) => row.ts < asOf).toSorted(inLogOrder)
  if (of !== 'tag') return presenceChanges(published)
  return isMulti ? codeChanges(published) : valueChanges(published)
}

/** What a row of changes holds. */
export class ChangeRow implements EventScope, Row {
  constructor(
    private readonly change: Change,
    private readonly place: OperatorScope,
    /** Codes from lowest to highest, when what changes is ordered. */
    readonly ranks: readonly string[] | null,
  ) {}

  get ts(): number {
    return this.change.ts
  }
  get seq(): bigint {
    return this.change.seq
  }
  get scope(): EventScope {
    return this
  }
  prop(name: string): EventScopeValue {
    return name === 'from' || name === 'to' || name === 'op' ? this.change[name] : null
  }
  clock(field: Field): EventScopeValue {
    return clockField(field, this.change.ts, this.place.catalog, this.place.zone)
  }
  operand(operand: Parameters<EventScope['operand']>[0]): EventScopeValue {
    return this.place.operand(operand)
  }
  instant(text: string): number | null {
    return this.place.instant(text)
  }
  window(window: Parameters<EventScope['window']>[0]): ReturnType<EventScope['window']> {
    return this.place.window(window)
  }
  anniversary(instant: number, window: Parameters<EventScope['window']>[0]): boolean | null {
    return this.place.anniversary(instant, window)
  }
}

/** A stored attribute value in memory. */
export function inMemory(stored: StoredValue | null | undefined): EventScopeValue {
  if (stored === null || stored === undefined) return null
  return stored.type === 'number' ? parseDecimal(stored.value) : stored.value
}

/** Order of the log: moments, then numbers. */
export function inLogOrder(
  a: { readonly ts: number; readonly seq: bigint },
  b: { readonly ts: number; readonly seq: bigint },
): number {
  return a.ts - b.ts || (a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0)
}

function attributeChanges(key: string, facts: SubjectFacts, asOf: number): Change[] {
  const changes: Change[] = []
  let folded: FoldedAttribute | undefined
  for (const change of inOrder((facts.attributes.get(key) ?? []).filter((one) => one.ts < asOf))) {
    const from = inMemory(folded?.value)
    folded = applyChange(folded, change)
    const to = inMemory(folded.value)
    if (isSame(from, to)) continue
    changes.push({ ts: change.ts, seq: change.seq, from, to, op: opOf(from, to) })
  }
  return changes
}

/** Values replace each other. */
function valueChanges(published: readonly PublishedFact[]): Change[] {
  let from: EventScopeValue = null
  return published.flatMap(({ ts, seq, value }): Change[] => {
    const before = from
    from = value
    return isSame(before, value) ? [] : [{ ts, seq, from: before, to: value, op: opOf(before, value) }]
  })
}

/** Codes come and go one by one. */
function codeChanges(published: readonly PublishedFact[]): Change[] {
  const held = new Set<EventScopeValue>()
  return published.flatMap(({ ts, seq, value, op }): Change[] => {
    const isThere = op !== 'removed'
    if (value === null || held.has(value) === isThere) return []
    if (isThere) held.add(value)
    else held.delete(value)
    return [
      isThere ? { ts, seq, from: null, to: value, op: 'added' } : { ts, seq, from: value, to: null, op: 'removed' },
    ]
  })
}

/** In or not. */
function presenceChanges(published: readonly PublishedFact[]): Change[] {
  let isIn = false
  return published.flatMap(({ ts, seq, op }): Change[] => {
    const before = isIn
    isIn = op !== 'removed'
    return before === isIn ? [] : [{ ts, seq, from: before, to: isIn, op: isIn ? 'added' : 'removed' }]
  })
}

function relationChanges(links: readonly RelationFact[], asOf: number): Change[] {
  return links
    .flatMap(({ from, to, seq }): Change[] => {
      const rows: Change[] = [{ ts: from, seq, from: null, to: null, op: 'added' }]
      if (to !== null) rows.push({ ts: to, seq, from: null, to: null, op: 'removed' })
      return rows
    })
    .filter((row) => row.ts < asOf)
    .sort(inLogOrder)
}

function opOf(from: EventScopeValue, to: EventScopeValue): Change['op'] {
  return to === null ? 'removed' : from === null ? 'added' : 'set'
}

function isSame(a: EventScopeValue, b: EventScopeValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  return a.length === b.length && a.every((one, index) => one === b[index])
}
