import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttributeChange } from '@tagtree/core/catalog/attribute-fold'
import type { Catalog, PropertyType } from '@tagtree/core/catalog/catalog'
import { coerceValue } from '@tagtree/core/catalog/coerce'
import type { RawValue } from '@tagtree/core/collect/incoming'
import type { EventFact } from '@tagtree/core/evaluate/facts'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import { zoneOf } from '@tagtree/core/kernel/zone'
import { givenAttribute } from '@tagtree/core/language/assign/given/attribute'
import type { Definition } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { buildCatalog, type CatalogInput } from '@tagtree/core/language/testing/catalog-builder'
import type { World } from './random-world.js'

/** The compiler's corpus: golden/definitions, golden/catalog.json and golden/seed. */
export interface Golden {
  readonly catalog: Catalog
  /** By id, in the order of the file names. */
  readonly definitions: ReadonlyMap<string, Definition>
  readonly world: World
  readonly nameOf: ReadonlyMap<number, string>
}

/** One subject of the seed, as its file has it. */
interface SeedSubject {
  readonly profile: number
  readonly subject?: string
  readonly strong: boolean
  readonly firstSeen: string
  /** Other nodes that turned out to be the same subject. */
  readonly mergedNodes?: readonly number[]
  readonly attributes?: Readonly<Record<string, RawValue>>
  readonly identities?: Readonly<Record<string, readonly string[]>>
  /** Tag -> what staff gave. */
  readonly given?: Readonly<Record<string, string | readonly string[]>>
  readonly lists?: readonly string[]
  readonly events?: readonly (Readonly<Record<string, RawValue>> & { event: string; ts: string; node?: number })[]
}

/** Reads the corpus. @param root folder of the repository */
export function readGolden(root: string): Golden {
  const folder = join(root, 'golden')
  const documents = readdirSync(join(folder, 'definitions'))
    .sort()
    .map((file) => readJson(join(folder, 'definitions', file)) as { id: string })
  const input = readJson(join(folder, 'catalog.json')) as CatalogInput
  const catalog = buildCatalog({ ...input, definitions: documents })
  const { asOf } = readJson(join(folder, 'seed', 'moment.json')) as { asOf: string }
  const seed = readdirSync(join(folder, 'seed'))
    .filter((file) => file !== 'moment.json')
    .map((file) => ({ name: file.slice(0, -5), ...(readJson(join(folder, 'seed', file)) as SeedSubject) }))
  return {
    catalog,
    definitions: new Map(documents.map(({ id }) => [id, catalog.definitions.get(id)!.body])),
    world: worldOf(seed, Date.parse(asOf), catalog),
    nameOf: new Map(seed.map(({ name, profile }) => [profile, name])),
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function worldOf(seed: readonly SeedSubject[], asOf: number, catalog: Catalog): World {
  let seq = 0n
  const place = (node: number) => {
    seq += 1n
    return { node, stamped: node, importId: 0, seq }
  }
  const subjectNumber = (one: SeedSubject): number => catalog.subjects.get(one.subject ?? 'person')!.number
  return {
    timeZone: catalog.timeZone,
    asOf,
    knownSeq: null,
    excludedImports: [],
    attributes: 'current',
    unpublishedRuns: [],
    superseded: [],
    subjectOf: new Map(seed.map((one) => [one.profile, subjectNumber(one)])),
    profileOf: new Map(
      seed.flatMap((one) => [one.profile, ...(one.mergedNodes ?? [])].map((node) => [node, one.profile] as const)),
    ),
    sightings: seed.map((one) => ({ ...place(one.profile), strong: one.strong, firstTs: Date.parse(one.firstSeen) })),
    events: seed.flatMap((one) =>
      (one.events ?? []).map((event) => {
        const at = place(event.node ?? one.profile)
        return { ...at, fact: eventFact(event, at.seq, catalog) }
      }),
    ),
    changes: seed.flatMap((one) => {
      const given = Object.entries(one.given ?? {}).map(([tag, value]) => [givenAttribute(tag), value] as const)
      return [...Object.entries(one.attributes ?? {}), ...given].map(([attribute, raw]) => {
        const { type } = catalog.attributes.get(one.subject ?? 'person')!.get(attribute)!
        const at = place(one.profile)
        const value = coerceValue(raw, type, zoneOf(catalog.timeZone)) as AttributeChange['value']
        return { ...at, attribute, change: { operation: 'set', value, ts: Date.parse(one.firstSeen), seq: at.seq } }
      })
    }),
    listings: seed.flatMap((one) =>
      (one.lists ?? []).map((list) => ({
        list,
        profile: one.profile,
        asOf: Date.parse(one.firstSeen),
        run: 1n,
        isOn: true,
      })),
    ),
    identities: seed.flatMap((one) =>
      Object.entries(one.identities ?? {}).flatMap(([kind, values]) =>
        values.map((value) => ({ ...place(one.profile), kind, value })),
      ),
    ),
  }
}

function eventFact(raw: NonNullable<SeedSubject['events']>[number], seq: bigint, catalog: Catalog): EventFact {
  const entries = catalog.events.get(raw.event)!.properties
  const read = (value: RawValue | undefined, type: PropertyType): EventScopeValue => {
    const stored = coerceValue(value, type, zoneOf(catalog.timeZone))
    if (stored === null || typeof stored === 'string') return null
    return stored.type === 'number' ? parseDecimal(stored.value) : stored.value
  }
  const properties: Record<string, EventScopeValue> = {}
  const lines = (raw.items ?? []) as readonly Readonly<Record<string, RawValue>>[]
  const items = lines.map((line) => {
    const fields: Record<string, EventScopeValue> = {}
    for (const { name, type, item } of entries.values()) {
      const value = item ? read(line[name.slice('items.'.length)], type) : null
      if (value !== null) fields[name.slice('items.'.length)] = value
    }
    return fields
  })
  for (const { name, type, item } of entries.values()) {
    const value = item ? null : read(raw[name], type)
    if (value !== null) properties[name] = value
  }
  return { event: raw.event, ts: Date.parse(raw.ts), seq, properties, items }
}
