import type { StoredValue } from '../../catalog/coerce.js'
import { parseDecimal } from '../../kernel/decimal.js'
import type { EventScopeValue } from '../../language/event-scope/event-scope.js'
import type { EventFact, PublishedFact, SubjectFacts } from '../facts.js'

/** A value as a test writes it: a number is a number of the language; a date is `{ at: ms }`. */
export type Written = number | string | boolean | readonly string[] | { readonly at: number } | null

/** An event at a moment (ms or ISO text), its properties, and its lines. Sequence numbers rise in the order given. */
export interface WrittenEvent {
  readonly event: string
  readonly at: number | string
  readonly of?: Readonly<Record<string, Written>>
  readonly items?: readonly Readonly<Record<string, Written>>[]
  readonly seq?: number
}

/** What a test says of a person; everything else is empty. */
export interface WrittenPerson extends Partial<Omit<SubjectFacts, 'events' | 'attributes' | 'published'>> {
  readonly events?: readonly WrittenEvent[]
  /** Attribute -> [moment, value] in the order of their numbers; null unsets. */
  readonly attributes?: Readonly<Record<string, readonly (readonly [at: number | string, value: StoredValue | null])[]>>
  /** `tag:x` -> [moment, value, op]. */
  readonly published?: Readonly<
    Record<string, readonly (readonly [at: number | string, value: PublishedFact['value'], op: PublishedFact['op']])[]>
  >
}

/** Facts of a customer first seen in 1970. */
export function person(profile: number, written: WrittenPerson = {}): SubjectFacts {
  const { events = [], attributes = {}, published = {}, ...rest } = written
  return {
    profile,
    strong: true,
    firstTs: 0,
    lists: new Set(),
    identities: new Map(),
    events: events.map((event, index) => eventFact(event, index + 1)),
    attributes: new Map(
      Object.entries(attributes).map(([key, changes]) => [
        key,
        changes.map(([at, value], index) => ({
          operation: value === null ? ('unset' as const) : ('set' as const),
          value,
          ts: instantOf(at),
          seq: BigInt(index + 1),
        })),
      ]),
    ),
    published: new Map(
      Object.entries(published).map(([key, rows]) => [
        key,
        rows.map(([at, value, op], index) => ({ ts: instantOf(at), seq: BigInt(index + 1), value, op })),
      ]),
    ),
    ...rest,
  }
}

/** A text as an attribute stores it. */
export const text = (value: string): StoredValue => ({ type: 'text', value })
/** A number as an attribute stores it. */
export const number = (value: number): StoredValue => ({ type: 'number', value: String(value) })

/** ms of an ISO text or of ms. */
export function instantOf(at: number | string): number {
  return typeof at === 'number' ? at : Date.parse(at)
}

function eventFact({ event, at, of = {}, items = [], seq }: WrittenEvent, number: number): EventFact {
  return {
    event,
    ts: instantOf(at),
    seq: BigInt(seq ?? number),
    properties: inMemory(of),
    items: items.map(inMemory),
  }
}

function inMemory(of: Readonly<Record<string, Written>>): Record<string, EventScopeValue> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, readWritten(value)]))
}

function readWritten(value: Written): EventScopeValue {
  if (typeof value === 'number') return parseDecimal(value)
  if (typeof value !== 'object' || value === null) return value
  return 'at' in value && !Array.isArray(value) ? (value as { at: number }).at : (value as readonly string[])
}
