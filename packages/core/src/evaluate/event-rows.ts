import type { Catalog } from '../catalog/catalog.js'
import type { Field } from '../language/document.js'
import type { EventScope, EventScopeValue } from '../language/event-scope/event-scope.js'
import { eventsOf, type FoundProperty, findProperty, usableType } from '../language/frame/property.js'
import type { StreamScope } from '../language/frame/scope.js'
import { clockField } from '../language/heads/clock/fields.js'
import { elementText } from './element-text.js'
import type { EventFact } from './facts.js'
import type { OperatorScope } from './operator-scope.js'

/** Properties of one item of a catalogue as they are known; null = no such item. */
export type ItemReader = (catalogue: string, item: string) => Readonly<Record<string, EventScopeValue>> | null

type ReadProperty = (event: EventFact, line: number | null) => EventScopeValue

/** What the rows of one stream have; made once per place in a document, whoever is evaluated. */
export class EventStream {
  readonly #wanted: ReadonlySet<string>
  readonly #properties = new Map<string, ReadProperty>()

  constructor(
    private readonly catalog: Catalog,
    private readonly stream: StreamScope & { kind: 'events' },
    private readonly items: ItemReader,
  ) {
    const { names } = stream
    this.#wanted = new Set(names === 'any' ? eventsOf(catalog, 'any').map((event) => event.name) : names)
  }

  /** Whether lines are the rows. */
  get hasLines(): boolean {
    return this.stream.each !== null
  }

  reads(event: string): boolean {
    return this.#wanted.has(event)
  }

  /** How a property is read from a row. */
  property(name: string): ReadProperty {
    let read = this.#properties.get(name)
    if (read === undefined) {
      read = this.#find(name)
      this.#properties.set(name, read)
    }
    return read
  }

  #find(name: string): ReadProperty {
    if (name === 'event') return (event) => event.event
    const lookup = findProperty(this.catalog, this.stream, name)
    if ('found' in lookup) return this.#stored(lookup.found)
    if (!('catalogued' in lookup)) return () => null
    const { of, catalogue, field } = lookup.catalogued
    const read = this.#stored(of)
    const about = (item: EventScopeValue): EventScopeValue =>
      typeof item === 'string' ? (this.items(catalogue, item)?.[field.name] ?? null) : null
    return (event, line) => {
      const item = read(event, line)
      if (typeof item !== 'object' || item === null) return about(item)
      return textsOf(item.map(about))
    }
  }

  #stored({ name, type, item, entries }: FoundProperty): ReadProperty {
    const having = new Set(entries.filter(({ entry }) => isSameType(usableType(entry), type)).map(({ event }) => event))
    const field = name.slice(name.indexOf('.') + 1)
    return (event, line) => {
      if (!having.has(event.event)) return null
      if (!item) return event.properties[name] ?? null
      if (line !== null) return event.items[line]![field] ?? null
      // "This order contains": the known fields of the lines as texts; missing when there are no lines.
      return event.items.length === 0 ? null : textsOf(event.items.map((one) => one[field] ?? null))
    }
  }
}

/** One event, or its line number `line`. */
export class EventRow implements EventScope {
  constructor(
    private readonly stream: EventStream,
    private readonly event: EventFact,
    private readonly line: number | null,
    private readonly place: OperatorScope,
  ) {}

  get ts(): number {
    return this.event.ts
  }
  get seq(): bigint {
    return this.event.seq
  }
  get scope(): EventScope {
    return this
  }
  prop(name: string): EventScopeValue {
    return this.stream.property(name)(this.event, this.line)
  }
  clock(field: Field): EventScopeValue {
    return clockField(field, this.event.ts, this.place.catalog, this.place.zone)
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

function textsOf(values: readonly EventScopeValue[]): string[] {
  return values.flatMap((value) => {
    if (value === null) return []
    return typeof value === 'object' ? value.map(elementText) : [elementText(value)]
  })
}

function isSameType(a: string, b: string): boolean {
  const numeric = (type: string): string => (type === 'money' ? 'number' : type)
  return numeric(a) === numeric(b)
}
