import type { Catalog, EventEntry, ItemPropertyEntry, PropertyEntry, PropertyType } from '../../catalog/catalog.js'
import { BOOL, DATE, LIST, numberType, type StreamScope, TEXT, type ValueType } from './scope.js'

/** A property as the rows of a stream have it. */
export interface FoundProperty {
  readonly name: string
  readonly type: PropertyType
  /** true when it is a field of the lines (`items.x`). */
  readonly item: boolean
  /** Where it is stored, per event that has it. */
  readonly entries: readonly { readonly event: string; readonly entry: PropertyEntry }[]
}
export type PropertyLookup =
  | { readonly found: FoundProperty }
  /** Two events of the stream give it different types. */
  | { readonly conflict: readonly [FoundIn, FoundIn] }
  /** The name goes on in an item catalogue. */
  | { readonly catalogued: CataloguedProperty }
  /** It would, if the catalogue had such a field. */
  | {
      readonly catalogueLacks: {
        readonly catalogue: string
        readonly field: string
        readonly fields: readonly string[]
      }
    }
  /** The name continues that of a text property which names no item of any catalogue. */
  | { readonly catalogueField: string }
  | { readonly unknown: true }
/** A field of the item that a property names. */
export interface CataloguedProperty {
  /** The property that names the item. */
  readonly of: FoundProperty
  readonly catalogue: string
  readonly field: ItemPropertyEntry
}
export interface FoundIn {
  readonly event: string
  readonly type: PropertyType
}

/** The events a stream reads: the named ones that exist; for `any` all that the subject did herself. */
export function eventsOf(catalog: Catalog, names: readonly string[] | 'any'): EventEntry[] {
  if (names === 'any') return [...catalog.events.values()].filter((event) => !event.passive && event.name !== 'any')
  return names.flatMap((name) => catalog.events.get(name) ?? [])
}

/** Looks a property up in the events of a stream; it is enough that one of them has it. */
export function findProperty(catalog: Catalog, stream: StreamScope & { kind: 'events' }, name: string): PropertyLookup {
  return findOwnProperty(catalog, stream, name) ?? findCatalogueField(catalog, stream, name)
}

function findOwnProperty(
  catalog: Catalog,
  stream: StreamScope & { kind: 'events' },
  name: string,
): Extract<PropertyLookup, { found: unknown } | { conflict: unknown }> | null {
  const entries = eventsOf(catalog, stream.names).flatMap((event) => {
    const entry = event.properties.get(name)
    return entry ? [{ event: event.name, entry }] : []
  })
  const first = entries[0]
  if (!first) return null
  let type = usableType(first.entry)
  for (const { event, entry } of entries) {
    const other = usableType(entry)
    if (other === type) continue
    if (isNumeric(other) && isNumeric(type)) type = 'number'
    else
      return {
        conflict: [
          { event: first.event, type },
          { event, type: other },
        ],
      }
  }
  return { found: { name, type, item: first.entry.item, entries } }
}

/** Names of all properties the rows of a stream have, for suggestions. */
export function propertyNames(catalog: Catalog, names: readonly string[] | 'any'): string[] {
  return [...new Set(['event', ...eventsOf(catalog, names).flatMap((event) => [...event.properties.keys()])])]
}

/** The type of a property for one row: a line field is a list of the order's lines unless the lines are the rows. */
export function typeOfProperty(property: FoundProperty, each: string | null): ValueType {
  return property.item && each === null ? LIST : typeOfStored(property.type)
}

/** The type of an item's field for one row: of a line field that is a list, a list of texts. */
export function typeOfCatalogued({ of, field }: CataloguedProperty, each: string | null): ValueType {
  return of.item && each === null ? LIST : typeOfStored(usableType(field))
}

/** The value type of a stored property or attribute. */
export function typeOfStored(type: PropertyType): ValueType {
  switch (type) {
    case 'number':
      return numberType(4)
    case 'money':
      return numberType(4, 'money')
    case 'text':
      return TEXT
    case 'date':
      return DATE
    case 'bool':
      return BOOL
    case 'list':
      return LIST
  }
}

/** A property without a column of its own is read from JSON, as text. */
export function usableType(entry: { readonly type: PropertyType; readonly column: string | null }): PropertyType {
  return entry.column === null ? 'text' : entry.type
}

function isNumeric(type: PropertyType): boolean {
  return type === 'number' || type === 'money'
}

function findCatalogueField(catalog: Catalog, stream: StreamScope & { kind: 'events' }, name: string): PropertyLookup {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const lookup = findOwnProperty(catalog, stream, name.slice(0, dot))
    if (lookup === null) continue
    if (!('found' in lookup)) return lookup
    const [property, field] = [lookup.found, name.slice(dot + 1)]
    const key = property.entries.find(({ entry }) => entry.catalogue !== undefined)?.entry.catalogue
    const catalogue = key === undefined ? undefined : catalog.items.get(key)
    if (key === undefined || catalogue === undefined) {
      return property.type === 'text' ? { catalogueField: property.name } : { unknown: true }
    }
    const found = catalogue.properties.get(field)
    return found === undefined
      ? { catalogueLacks: { catalogue: key, field, fields: [...catalogue.properties.keys()] } }
      : { catalogued: { of: property, catalogue: key, field: found } }
  }
  return { unknown: true }
}
