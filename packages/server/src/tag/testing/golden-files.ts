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
import type { Definition, JourneyDocument } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { parseDefinition } from '@tagtree/core/language/parse'
import { buildCatalog, type CatalogInput } from '@tagtree/core/language/testing/catalog-builder'
import type { StoredItem, World } from './random-world.js'

/** The corpus of the language: golden/definitions, golden/catalog.json and golden/seed. */
export interface Golden {
  readonly catalog: Catalog
  /** As their files have them, by id, in the order of the file names. */
  readonly documents: ReadonlyMap<string, GoldenDocument>
  readonly definitions: ReadonlyMap<string, Definition>
  readonly journeys: ReadonlyMap<string, JourneyDocument>
  readonly world: World
  readonly nameOf: ReadonlyMap<number, string>
}

/** A document of the corpus before it is read. */
export interface GoldenDocument {
  readonly id: string
  readonly kind: string
  readonly [field: string]: unknown
}

/** A document that must be refused: where, and a part of what is said. */
export interface RefusedDocument {
  readonly pointer: string
  readonly message: string
  readonly document: object
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
  /** What attributes became after the first sight. */
  readonly changed?: readonly { attribute: string; ts: string; value: RawValue }[]
  readonly identities?: Readonly<Record<string, readonly string[]>>
  /** Tag -> what staff gave. */
  readonly given?: Readonly<Record<string, string | readonly string[]>>
  readonly lists?: readonly string[]
  /** List -> when it was uploaded with the subject in it, if later than the first sight. */
  readonly listed?: Readonly<Record<string, string>>
  /** Relations that begin here; `to` is the name of another file. */
  readonly related?: readonly { relation: string; to: string; role?: string; from?: string; until?: string }[]
  /** What runs published: a code of a tag, whether it belongs to a segment; of a family each code by itself. */
  readonly published?: readonly { of: string; ts: string; value: string | boolean | null; gone?: true }[]
  readonly events?: readonly (Readonly<Record<string, RawValue>> & { event: string; ts: string; node?: number })[]
}

/** What is in golden/seed beside subjects. */
const NO_SUBJECTS = ['moment.json', 'goods.json']

/** Reads the corpus. @param root folder of the repository */
export function readGolden(root: string): Golden {
  const folder = join(root, 'golden')
  const documents = readdirSync(join(folder, 'definitions'))
    .sort()
    .map((file) => readJson(join(folder, 'definitions', file)) as GoldenDocument)
  const input = readJson(join(folder, 'catalog.json')) as CatalogInput
  const stored = documents.filter(({ kind }) => kind !== 'journey')
  const catalog = buildCatalog({ ...input, definitions: stored })
  const { asOf } = readJson(join(folder, 'seed', 'moment.json')) as { asOf: string }
  const seed = readdirSync(join(folder, 'seed'))
    .filter((file) => !NO_SUBJECTS.includes(file))
    .map((file) => ({ name: file.slice(0, -5), ...(readJson(join(folder, 'seed', file)) as SeedSubject) }))
  const goods = readJson(join(folder, 'seed', 'goods.json')) as readonly SeedItem[]
  return {
    catalog,
    documents: new Map(documents.map((document) => [document.id, document])),
    definitions: new Map(stored.map(({ id }) => [id, catalog.definitions.get(id)!.body])),
    journeys: new Map(documents.filter(({ kind }) => kind === 'journey').map((one) => [one.id, readJourney(one)])),
    world: worldOf(seed, goods, Date.parse(asOf), catalog),
    nameOf: new Map(seed.map(({ name, profile }) => [profile, name])),
  }
}

/** Documents that must be refused, of golden/refused.json. @param root folder of the repository */
export function readRefused(root: string): readonly RefusedDocument[] {
  return readJson(join(root, 'golden', 'refused.json')) as readonly RefusedDocument[]
}

type SeedItem = Pick<StoredItem, 'item' | 'brand' | 'price'> & { readonly ts: string }

function readJourney(document: GoldenDocument): JourneyDocument {
  const parsed = parseDefinition(document)
  if (parsed.ok && parsed.definition.kind === 'journey') return parsed.definition
  throw new Error(`not a journey: ${document.id} ${JSON.stringify(parsed)}`)
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function worldOf(
  seed: readonly (SeedSubject & { name: string })[],
  goods: readonly SeedItem[],
  asOf: number,
  catalog: Catalog,
): World {
  let seq = 0n
  const profileOf = new Map(seed.map(({ name, profile }) => [name, profile]))
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
      const first = [...Object.entries(one.attributes ?? {}), ...given].map(([attribute, raw]) => {
        return { attribute, raw, ts: Date.parse(one.firstSeen) }
      })
      const later = (one.changed ?? []).map(({ attribute, ts, value }) => ({
        attribute,
        raw: value,
        ts: Date.parse(ts),
      }))
      return [...first, ...later].map(({ attribute, raw, ts }) => {
        const { type } = catalog.attributes.get(one.subject ?? 'person')!.get(attribute)!
        const at = place(one.profile)
        const value = coerceValue(raw, type, zoneOf(catalog.timeZone)) as AttributeChange['value']
        return { ...at, attribute, change: { operation: 'set', value, ts, seq: at.seq } }
      })
    }),
    items: goods.map(({ ts, ...item }) => ({ ...item, ts: Date.parse(ts), ...place(0) })),
    links: seed.flatMap((one) =>
      (one.related ?? []).map(({ relation, to, role = '', from = one.firstSeen, until }) => ({
        ...place(one.profile),
        kind: relation,
        to: place(profileOf.get(to)!),
        role,
        fromTs: Date.parse(from),
        toTs: until === undefined ? null : Date.parse(until),
      })),
    ),
    published: seed.flatMap((one) =>
      (one.published ?? []).map(({ of, ts, value, gone }) => {
        const body = catalog.definitions.get(of.slice(of.indexOf(':') + 1))!.body
        seq += 1n
        return {
          of,
          profile: one.profile,
          asOf: Date.parse(ts),
          run: seq,
          value,
          isPresent: gone !== true,
          isFamily: body.kind === 'tag' && body.family === 'multi',
        }
      }),
    ),
    listings: seed.flatMap((one) =>
      (one.lists ?? []).map((list) => ({
        list,
        profile: one.profile,
        asOf: Date.parse(one.listed?.[list] ?? one.firstSeen),
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
