import type { AttributeChange } from '../catalog/attribute-fold.js'
import type { Catalog, PropertyType } from '../catalog/catalog.js'
import { coerceValue, type StoredValue, type ValueFault } from '../catalog/coerce.js'
import type { RawValue } from '../collect/incoming.js'
import type { EventFact, SubjectFacts } from '../evaluate/facts.js'
import { parseDecimal } from '../kernel/decimal.js'
import { nearest } from '../kernel/nearest.js'
import { parseSpan } from '../kernel/span.js'
import { addSpan, parseInstant, type Zone, zoneOf } from '../kernel/zone.js'
import { givenAttribute } from '../language/assign/given/attribute.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import type { Report } from '../language/frame/checked.js'
import { say, sayNearest } from '../language/frame/message.js'
import type { PlanTest, TestEvent, TestMoment } from './plan.js'

type Row = Readonly<Record<string, EventScopeValue>>

/**
 * The one subject of a test as the log would know it. What does not fit the catalogue is reported at its place below the
 * test.
 */
export function factsOfTest(test: PlanTest, asOf: number, catalog: Catalog, report: Report): SubjectFacts {
  const builder = new FactsBuilder(test, asOf, catalog, report)
  return builder.build()
}

class FactsBuilder {
  readonly #zone: Zone
  readonly #subject: string
  #seq = 0n

  constructor(
    private readonly test: PlanTest,
    private readonly asOf: number,
    private readonly catalog: Catalog,
    private readonly report: Report,
  ) {
    this.#zone = zoneOf(catalog.timeZone)
    this.#subject = test.subject ?? 'person'
  }

  build(): SubjectFacts {
    const { given = {}, since, who } = this.test
    const events = (given.events ?? []).map((event, index) => this.#event(event, ['given', 'events', index]))
    const changed = (given.changes ?? []).map((change, index) => ({
      ...change,
      ts: this.#moment(change, ['given', 'changes', index]),
    }))
    const moments = [...events, ...changed].map(({ ts }) => ts)
    const firstTs = since === undefined ? Math.min(this.asOf - 1, ...moments) : this.#before(since)
    const attributes = new Map<string, AttributeChange[]>()
    const set = (key: string, type: PropertyType | null, raw: RawValue, ts: number, path: readonly PropertyKey[]) => {
      const value = type === null ? null : this.#coerce(raw, type, path)
      this.#seq += 1n
      const change: AttributeChange = { operation: value === null ? 'unset' : 'set', value, ts, seq: this.#seq }
      attributes.set(key, [...(attributes.get(key) ?? []), change])
    }
    for (const [key, raw] of Object.entries(given.attributes ?? {})) {
      const path = ['given', 'attributes', key]
      set(key, this.#attributeType(key, path), raw as RawValue, firstTs, path)
    }
    for (const [index, { attr, to, ts }] of changed.entries()) {
      const path = ['given', 'changes', index]
      set(attr, this.#attributeType(attr, [...path, 'attr']), to as RawValue, ts, [...path, 'to'])
    }
    for (const [id, raw] of Object.entries(given.tags ?? {})) {
      const path = ['given', 'tags', id]
      set(givenAttribute(id), this.#givenType(id, path), raw as RawValue, firstTs, path)
    }
    return {
      profile: 1,
      strong: who !== 'visitor',
      firstTs,
      events,
      attributes,
      lists: new Set((given.lists ?? []).map((id, index) => this.#list(id, index))),
      identities: new Map(
        Object.entries(given.identities ?? {}).map(([kind, values]) => [
          kind,
          typeof values === 'string' ? [values] : values,
        ]),
      ),
    }
  }

  #event(written: TestEvent, path: readonly PropertyKey[]): EventFact {
    const ts = this.#moment(written, path)
    this.#seq += 1n
    const known = this.catalog.events.get(written.event)
    if (known === undefined) {
      const near = nearest(written.event, this.catalog.events.keys())
      this.report(sayNearest(`no event "${written.event}"`, `没有事件“${written.event}”`, near), ...path, 'event')
      return { event: written.event, ts, seq: this.#seq, properties: {}, items: [] }
    }
    const types = new Map([...known.properties].map(([name, { type }]) => [name, type]))
    const { items, ...properties } = written.with ?? {}
    return {
      event: written.event,
      ts,
      seq: this.#seq,
      properties: this.#row(properties, '', types, [...path, 'with']),
      items: this.#items(items, types, [...path, 'with', 'items']),
    }
  }

  #items(items: unknown, types: ReadonlyMap<string, PropertyType>, path: readonly PropertyKey[]): Row[] {
    if (items === undefined) return []
    if (Array.isArray(items) && items.every((line) => typeof line === 'object' && line !== null)) {
      return items.map((line, index) => this.#row(line as Record<string, unknown>, 'items.', types, [...path, index]))
    }
    this.report(say('items is a list of order lines: [{ sku: A1 }]', 'items 为订单行列表：[{ sku: A1 }]'), ...path)
    return []
  }

  #row(
    written: Readonly<Record<string, unknown>>,
    prefix: string,
    types: ReadonlyMap<string, PropertyType>,
    path: readonly PropertyKey[],
  ): Row {
    const row: Record<string, EventScopeValue> = {}
    for (const [name, raw] of Object.entries(written)) {
      const type = types.get(`${prefix}${name}`)
      if (type === undefined) {
        const near = nearest(`${prefix}${name}`, types.keys())
        this.report(sayNearest(`no property "${prefix}${name}"`, `没有属性“${prefix}${name}”`, near), ...path, name)
      } else row[name] = inMemory(this.#coerce(raw as RawValue, type, [...path, name]))
    }
    return row
  }

  #coerce(raw: RawValue, type: PropertyType, path: readonly PropertyKey[]): StoredValue | null {
    const value = coerceValue(raw, type, this.#zone)
    if (typeof value !== 'string') return value
    const fault: ValueFault = value
    this.report(
      say(`this does not fit type ${type}: ${fault.replaceAll('_', ' ')}`, `与类型 ${type} 不符（${fault}）`),
      ...path,
    )
    return null
  }

  #moment({ ago, at }: TestMoment, path: readonly PropertyKey[]): number {
    if (ago !== undefined) return this.#before(ago)
    const ts = parseInstant(this.#zone, at ?? '') ?? this.asOf
    if (ts >= this.asOf) this.report(say('this is not before asOf', '此时刻不早于 asOf'), ...path, 'at')
    return ts
  }

  #before(span: string): number {
    return addSpan(this.#zone, this.asOf, parseSpan(span)!, -1)
  }

  #attributeType(key: string, path: readonly PropertyKey[]): PropertyType | null {
    const known = this.catalog.attributes.get(this.#subject) ?? new Map<string, { readonly type: PropertyType }>()
    const type = known.get(key)?.type
    if (type !== undefined) return type
    this.report(sayNearest(`no attribute "${key}"`, `没有属性“${key}”`, nearest(key, known.keys())), ...path)
    return null
  }

  #givenType(id: string, path: readonly PropertyKey[]): PropertyType | null {
    const body = this.catalog.definitions.get(id)?.body
    if (body?.kind === 'tag' && 'given' in body.assign) return body.family === 'multi' ? 'list' : 'text'
    this.report(
      say(
        `"${id}" is no tag whose values are given: expect it instead`,
        `“${id}”不是由人工或导入给出的标签：请写在 expect 中`,
      ),
      ...path,
    )
    return null
  }

  #list(id: string, index: number): string {
    if (!this.catalog.lists.has(id)) {
      const near = nearest(id, this.catalog.lists.keys())
      this.report(sayNearest(`no list "${id}"`, `没有名单“${id}”`, near), 'given', 'lists', index)
    }
    return id
  }
}

function inMemory(value: StoredValue | null): EventScopeValue {
  if (value === null) return null
  return value.type === 'number' ? parseDecimal(value.value) : value.value
}
