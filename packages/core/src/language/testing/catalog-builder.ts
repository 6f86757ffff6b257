import type {
  AttributeEntry,
  CalendarDay,
  Catalog,
  DefinitionEntry,
  EventEntry,
  IdentityKindEntry,
  ItemCatalogueEntry,
  ListEntry,
  PropertyEntry,
  PropertyType,
  RelationEntry,
  SubjectEntry,
} from '../../catalog/catalog.js'
import { dayNumberOf, parseCivilDate } from '../../kernel/calendar.js'
import { startOfLocalDay, zoneOf } from '../../kernel/zone.js'
import type { Definition, Text } from '../document.js'
import { parseDefinition } from '../parse.js'
import { withBody } from '../recipe-body.js'
import { codesOfTag } from '../type-of.js'

/** A property by its type; names that begin with `items.` are fields of the order's lines. */
export type PropertyInput =
  | PropertyType
  | {
      readonly type: PropertyType
      readonly labels?: Text
      readonly column?: string | null
      /** The item catalogue whose items it names. */
      readonly catalogue?: string
    }
export interface EventInput {
  readonly labels?: Text
  readonly passive?: boolean
  readonly properties: Readonly<Record<string, PropertyInput>>
}

export interface CatalogInput {
  /** Default Asia/Shanghai. */
  readonly timeZone?: string
  /** Default CNY. */
  readonly currency?: string
  /** Kinds beside person. */
  readonly subjects?: readonly string[]
  /** Event name -> property name -> type, or with labels. */
  readonly events?: Readonly<Record<string, Readonly<Record<string, PropertyInput>> | EventInput>>
  /** Attributes of persons; those of other subjects stand under their kind in `attributesOf`. */
  readonly attributes?: Readonly<Record<string, PropertyInput>>
  readonly attributesOf?: Readonly<Record<string, Readonly<Record<string, PropertyInput>>>>
  readonly identityKinds?: readonly string[]
  readonly relations?: Readonly<
    Record<string, readonly [from: string, to: string, how: 'one' | 'many', inverseOf?: string]>
  >
  readonly lists?: readonly string[]
  /** Item catalogue -> field -> type. */
  readonly items?: Readonly<Record<string, Readonly<Record<string, PropertyType>>>>
  /** Local day (2026-01-31) -> what the calendar says of it. */
  readonly calendar?: Readonly<Record<string, CalendarDay>>
  /** Period -> its first and last local day. */
  readonly periods?: Readonly<Record<string, readonly [first: string, last: string]>>
  /** Category -> the tags in it and below it. */
  readonly categories?: Readonly<Record<string, readonly string[]>>
  /** Lists of values: id -> texts. */
  readonly valueLists?: Readonly<Record<string, readonly string[]>>
  /**
   * What relations, lists, items, periods and categories are called, otherwise their id: by `relation:works_at`,
   * `noun:works_at` (who is counted), `list:…`, `items:goods`, `field:goods.brand`, `period:…`, `category:…`.
   */
  readonly labels?: Readonly<Record<string, Text>>
  /** Documents; they are parsed, their recipes expanded, numbered from 1 and given codes from 1. */
  readonly definitions?: readonly object[]
}

/** A catalogue for tests. Throws a plain error when a definition does not parse. */
export function buildCatalog(input: CatalogInput = {}): Catalog {
  const zone = zoneOf(input.timeZone ?? 'Asia/Shanghai')
  const called = (what: string, id: string): Text => input.labels?.[`${what}:${id}`] ?? id
  const attributes = new Map<string, Map<string, AttributeEntry>>()
  let attributeNumber = 0
  for (const [subject, entries] of Object.entries({ person: input.attributes ?? {}, ...input.attributesOf })) {
    const own = new Map<string, AttributeEntry>()
    for (const [key, property] of Object.entries(entries)) {
      attributeNumber += 1
      const { type, labels, column } = readProperty(property)
      own.set(key, {
        id: attributeNumber,
        key,
        subject,
        type,
        labels: labels ?? key,
        column: column ?? (column === null ? null : `a_${attributeNumber}`),
      })
    }
    attributes.set(subject, own)
  }
  const empty: Catalog = {
    timeZone: input.timeZone ?? 'Asia/Shanghai',
    currency: input.currency ?? 'CNY',
    subjects: new Map(
      ['person', ...(input.subjects ?? [])].map((key, index): [string, SubjectEntry] => [
        key,
        { key, number: index + 1, labels: key },
      ]),
    ),
    events: new Map(Object.entries(input.events ?? {}).map(([name, event]) => [name, buildEvent(name, event)])),
    attributes,
    identityKinds: new Map((input.identityKinds ?? []).map((key) => [key, buildIdentityKind(key)])),
    relations: new Map(
      Object.entries(input.relations ?? {}).map(([key, [from, to, how, inverseOf]]): [string, RelationEntry] => [
        key,
        {
          key,
          from,
          to,
          many: how === 'many',
          labels: called('relation', key),
          noun: input.labels?.[`noun:${key}`] ?? { zh: '个', en: to },
          inverseOf: inverseOf ?? null,
        },
      ]),
    ),
    definitions: new Map(),
    lists: buildLists(input, called),
    items: new Map(Object.entries(input.items ?? {}).map(([key, fields]) => [key, buildItems(key, fields, called)])),
    calendar: new Map(Object.entries(input.calendar ?? {}).map(([day, entry]) => [dayNumber(day), entry])),
    periods: new Map(
      Object.entries(input.periods ?? {}).map(([id, [first, last]]) => [
        id,
        {
          id,
          labels: called('period', id),
          from: startOfLocalDay(zone, dayNumber(first)),
          to: startOfLocalDay(zone, dayNumber(last) + 1),
        },
      ]),
    ),
    categories: new Map(
      Object.entries(input.categories ?? {}).map(([id, tags]) => [id, { id, labels: called('category', id), tags }]),
    ),
  }
  return withDefinitions(empty, input.definitions ?? [])
}

type Called = (what: string, id: string) => Text

function buildItems(key: string, fields: Readonly<Record<string, PropertyType>>, called: Called): ItemCatalogueEntry {
  const properties = Object.entries(fields).map(([name, type]) => {
    const label = called('field', `${key}.${name}`)
    return [name, { name, type, labels: label === `${key}.${name}` ? name : label, column: `c_${name}` }] as const
  })
  return { key, labels: called('items', key), properties: new Map(properties) }
}

function dayNumber(day: string): number {
  return dayNumberOf(parseCivilDate(day)!)
}

function buildLists({ lists = [], valueLists = {} }: CatalogInput, called: Called): Map<string, ListEntry> {
  const entry = (id: string, index: number) => {
    return { id, number: 10_001 + index, subject: 'person', labels: called('list', id) }
  }
  return new Map([
    ...lists.map((id, index): [string, ListEntry] => [id, { ...entry(id, index), holds: 'subjects', values: [] }]),
    ...Object.entries(valueLists).map(([id, values], index): [string, ListEntry] => [
      id,
      { ...entry(id, lists.length + index), holds: 'values', values },
    ]),
  ])
}

/** The catalogue with more definitions, in any order. */
export function withDefinitions(catalog: Catalog, documents: readonly object[]): Catalog {
  const bodies = documents.map(readDefinition)
  const definitions = new Map(catalog.definitions)
  const grown: Catalog = { ...catalog, definitions }
  for (const body of bodies) definitions.set(body.id, entryOf(body, definitions.size + 1, new Map()))
  for (const body of bodies) {
    const { number } = definitions.get(body.id)!
    definitions.set(body.id, entryOf(body, number, codeNumbers(body, grown)))
  }
  return { ...grown, definitions: new Map(definitions) }
}

function readDefinition(document: object): Definition {
  const parsed = parseDefinition(document)
  if (!parsed.ok) throw new Error(`not a definition: ${JSON.stringify(parsed.issues)}`)
  const body = withBody(parsed.definition)
  if (body === null) throw new Error(`no body: ${JSON.stringify(document)}`)
  return body
}

function entryOf(body: Definition, number: number, codes: ReadonlyMap<string, number>): DefinitionEntry {
  return { id: body.id, kind: body.kind, number, version: 1, body, archived: false, codes }
}

function codeNumbers(body: Definition, catalog: Catalog): ReadonlyMap<string, number> {
  if (body.kind !== 'tag') return new Map()
  const codes = codesOfTag(body, { catalog, subject: body.subject ?? 'person', stream: null }) ?? []
  return new Map(codes.map((code, index) => [code, index + 1]))
}

function buildEvent(name: string, input: Readonly<Record<string, PropertyInput>> | EventInput): EventEntry {
  const event: EventInput = isEventInput(input) ? input : { properties: input }
  const properties = Object.entries(event.properties).map(([key, property]): [string, PropertyEntry] => {
    const { type, labels, column, catalogue } = readProperty(property)
    const item = key.startsWith('items.')
    const usual = item ? `i_${key.slice(6)}` : `p_${key}`
    return [
      key,
      {
        name: key,
        type,
        labels: labels ?? key,
        item,
        column: column === undefined ? usual.replaceAll('.', '__') : column,
        ...(catalogue === undefined ? {} : { catalogue }),
      },
    ]
  })
  return { name, labels: event.labels ?? name, passive: event.passive ?? false, properties: new Map(properties) }
}

function isEventInput(input: Readonly<Record<string, PropertyInput>> | EventInput): input is EventInput {
  return typeof input.properties === 'object' && !('type' in input.properties)
}

function readProperty(input: PropertyInput): Exclude<PropertyInput, string> {
  return typeof input === 'string' ? { type: input } : input
}

function buildIdentityKind(key: string): IdentityKindEntry {
  return {
    key,
    subject: 'person',
    strong: true,
    limit: null,
    priority: 1,
    normalise: key === 'phone' || key === 'email' ? key : 'text',
    labels: key,
  }
}
