import type { IdentityKindEntry, PropertyType } from '@tagtree/core/catalog/catalog'
import type { Incoming } from '@tagtree/core/collect/incoming'
import { currencyLabel, originalLabel, prepareValues } from '@tagtree/core/collect/mapping/mapped-values'
import type { EventOutput, ItemOutput, Mapping } from '@tagtree/core/collect/mapping/mapping'
import { prepareTotals } from '@tagtree/core/collect/mapping/order-lines'
import type { Text } from '@tagtree/core/language/document'
import type pg from 'pg'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { growCatalog, type WantedNames, type WantedProperty } from '../../store/grow-catalog.js'
import type { WantedItemProperty } from '../../store/grow-items.js'
import { inWorkspace } from '../../store/postgres.js'

/** Tells the catalogue the names a mapping brings, with their types and labels, before the facts that use them. */
export interface NameDeclarer {
  /** Names that no row is needed for: subject kinds, identity kinds, relations, labelled events, attributes. */
  declareMapping(): Promise<void>
  /** Events and properties of these records that were not declared yet. */
  declareRecords(records: readonly Incoming[]): Promise<void>
}

interface KnownName {
  readonly type: PropertyType
  readonly label: Text | undefined
  readonly diverse: boolean
  readonly catalogue: string | undefined
}

export function makeNameDeclarer(
  pool: pg.Pool,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
  mapping: Mapping,
): NameDeclarer {
  const names = namesOf(mapping)
  const declared = new Map<string, { readonly plain: Set<string>; readonly item: Set<string> }>()
  const grow = (wanted: WantedNames): Promise<unknown> =>
    inWorkspace(pool, workspaceId, (tx) => growCatalog(tx, clickhouse, workspaceId, wanted, true))

  return {
    declareMapping: async () => {
      await grow(mappingNames(mapping))
    },
    declareRecords: async (records) => {
      const events = new Set<string>()
      const properties: WantedProperty[] = []
      const need = (event: string, item: boolean, name: string): void => {
        const known = names.get(`${item ? 'i' : 'p'}${name}`)
        if (known === undefined) return
        const { type, label, diverse, catalogue } = known
        properties.push({
          ...{ event, item, name, type, diverse },
          ...(label === undefined ? {} : { labels: label }),
          ...(catalogue === undefined ? {} : { catalogue }),
        })
        // What an amount was before it was brought to the base currency: it appears when the fact is stored.
        if (name.endsWith('.currency')) need(event, item, `${name.slice(0, -'.currency'.length)}.original`)
      }
      for (const record of records) {
        if (record.type !== 'event') continue
        let seen = declared.get(record.event)
        if (seen === undefined) {
          seen = { plain: new Set(['items']), item: new Set() }
          declared.set(record.event, seen)
          events.add(record.event)
        }
        noteNames(record.properties, seen.plain, (name) => need(record.event, false, name))
        const { items } = record.properties
        if (!Array.isArray(items)) continue
        for (const item of items) noteNames(item as object, seen.item, (name) => need(record.event, true, name))
      }
      if (events.size === 0 && properties.length === 0) return
      const labels = mapping.declare?.events ?? {}
      await grow({
        events: [...events].map((name) =>
          Object.hasOwn(labels, name)
            ? { name, labels: labels[name]!.label, passive: labels[name]!.passive ?? false }
            : { name },
        ),
        properties,
      })
    },
  }
}

function noteNames(object: object, seen: Set<string>, onNew: (name: string) => void): void {
  for (const name in object) {
    if (seen.has(name)) continue
    seen.add(name)
    onNew(name)
  }
}

function mappingNames(mapping: Mapping): WantedNames {
  const { declare } = mapping
  const identityKinds: IdentityKindEntry[] = Object.entries(declare?.identityKinds ?? {}).map(([key, kind]) => ({
    key,
    subject: kind.subject,
    strong: kind.strong,
    limit: kind.limit ?? (kind.strong ? 1 : null),
    priority: kind.priority ?? (kind.strong ? 30 : 85),
    normalise: 'text',
    labels: kind.label,
  }))
  const subjectOf = (alias: string | undefined): string => {
    const first = Object.keys(mapping.subjects ?? {})[0]
    return mapping.subjects?.[alias ?? first ?? '']?.kind ?? 'person'
  }
  const attributes = mapping.outputs.flatMap((output) =>
    'attributes' in output
      ? prepareValues(mapping, output.attributes).map((value) => ({
          subject: subjectOf(output.of),
          key: value.name,
          type: value.type,
          ...(value.label === undefined ? {} : { labels: value.label }),
        }))
      : [],
  )
  return {
    subjects: Object.entries(declare?.subjects ?? {}).map(([key, { label }]) => ({ key, labels: label })),
    identityKinds,
    relations: Object.entries(declare?.relations ?? {}).map(([key, relation]) => ({
      key,
      ...(relation.inverseOf === undefined
        ? { from: relation.from, to: relation.to, inverseOf: null }
        : { inverseOf: relation.inverseOf }),
      many: relation.many,
      labels: relation.label,
      noun: relation.noun,
    })),
    events: Object.entries(declare?.events ?? {}).map(([name, { label, passive }]) => ({
      name,
      labels: label,
      passive: passive ?? false,
    })),
    attributes,
    catalogues: Object.entries(declare?.catalogues ?? {}).map(([key, { label }]) => ({ key, labels: label })),
    itemProperties: mapping.outputs.flatMap((output) =>
      'catalogue' in output ? propertiesOfItems(mapping, output) : [],
    ),
  }
}

function propertiesOfItems(mapping: Mapping, { catalogue, properties }: ItemOutput): WantedItemProperty[] {
  return prepareValues(mapping, properties).map(({ name, type, label }) => ({
    ...{ catalogue, name, type },
    ...(label === undefined ? {} : { labels: label }),
  }))
}

/** Properties and line fields of all events of a mapping; the first output that names one decides its type. */
function namesOf(mapping: Mapping): ReadonlyMap<string, KnownName> {
  const names = new Map<string, KnownName>()
  const add = (key: string, known: KnownName): void => {
    if (!names.has(key)) names.set(key, known)
  }
  const addOriginal = (space: 'p' | 'i', name: string, label: Text | undefined): void =>
    add(`${space}${name}.original`, {
      type: 'number',
      label: originalLabel(label),
      diverse: false,
      catalogue: undefined,
    })
  for (const output of mapping.outputs) {
    if (!('event' in output)) continue
    for (const { name, type, label, catalogue } of prepareValues(mapping, output.properties)) {
      add(`p${name}`, { type, label, diverse: isKey(output, name), catalogue })
      addOriginal('p', name, label)
    }
    if (output.lines === undefined) continue
    for (const { name, type, label, catalogue } of prepareValues(mapping, output.lines.items)) {
      add(`i${name}`, { type, label, diverse: false, catalogue })
      addOriginal('i', name, label)
    }
    for (const { name, type, total } of prepareTotals(mapping, output.lines)) {
      add(`p${name}`, { type, label: total.label, diverse: false, catalogue: undefined })
      if (total.currency === undefined) continue
      const label = currencyLabel(total.label)
      add(`p${name}.currency`, { type: 'text', label, diverse: false, catalogue: undefined })
      addOriginal('p', name, total.label)
    }
  }
  return names
}

/** The property that holds the order's or event's own number: a different text in every row. */
function isKey(output: EventOutput, name: string): boolean {
  const value = output.properties?.[name]
  const expression = typeof value === 'object' && 'value' in value ? value.value : value
  const key = output.lines?.key ?? output.key
  return key !== undefined && JSON.stringify(expression) === JSON.stringify(key)
}
