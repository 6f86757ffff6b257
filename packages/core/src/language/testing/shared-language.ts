import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Catalog, PropertyType } from '../../catalog/catalog.js'
import { buildCatalog, type PropertyInput, withDefinitions } from './catalog-builder.js'

/**
 * The corpus of definitions that may lie beside the repository (../shared/language). It is data for tests only; tests
 * pass over it when the folder is absent.
 */
const FOLDER = fileURLToPath(new URL('../../../../../../shared/language/', import.meta.url))
const FILES = ['01-metrics', '02-named-tags', '03-organisations-projects', '04-segments', '05-tree-journeys']

export const hasSharedLanguage = existsSync(FOLDER)

export interface SharedDocument {
  readonly id: string
  readonly kind: string
  readonly [field: string]: unknown
}

/** All documents that must be accepted, in file order. */
export function sharedDocuments(): SharedDocument[] {
  return FILES.flatMap((file) => parse(readFileSync(`${FOLDER}${file}.yaml`, 'utf8')) as SharedDocument[])
}

/** Documents that must be refused, each with a path and a part of a message. */
export function sharedBadDocuments(): { expect: [path: string, message: string]; doc: SharedDocument }[] {
  return parse(readFileSync(`${FOLDER}90-bad.yaml`, 'utf8')) as ReturnType<typeof sharedBadDocuments>
}

interface CatalogFile {
  subjects: string[]
  events: Record<string, Record<string, string>>
  attributes: Record<string, Record<string, string>>
  relations: Record<string, [string, string, 'one' | 'many']>
  lists: string[]
  items: Record<string, Record<string, PropertyType>>
  categories: string[]
  periods: string[]
}

/** The catalogue those documents assume, with the documents themselves in it. */
export function sharedCatalog(): Catalog {
  const file = parse(readFileSync(`${FOLDER}catalog.yaml`, 'utf8')) as CatalogFile
  const { any: _any, ...events } = file.events
  const { person = {}, ...others } = mapValues(file.attributes, (own) => mapValues(own, readType))
  const catalog = buildCatalog({
    subjects: file.subjects.filter((subject) => subject !== 'person'),
    events: mapValues(events, (properties) => ({ properties: mapValues(properties, readType) })),
    attributes: person,
    attributesOf: others,
    relations: file.relations,
    // The page does not say what a list holds: those compared with by `in` and `hasAny` hold values.
    lists: file.lists.filter((list) => list !== 'promo_skus'),
    valueLists: { promo_skus: ['A100', 'B200'] },
    items: file.items,
    categories: Object.fromEntries(file.categories.map((category) => [category, []])),
    periods: Object.fromEntries(
      file.periods.map((period) => [period, [`${period.slice(-4)}-11-01`, `${period.slice(-4)}-11-11`]]),
    ),
  })
  const stored = sharedDocuments().filter((document) => document.kind !== 'journey')
  return withDefinitions(catalog, stored)
}

/** `items.ref.goods` is a text of the order's lines that names an item of `goods`, `ref.goods` one of the event. */
function readType(written: string): PropertyInput {
  const type = written.replace(/^items\./, '')
  return type.startsWith('ref.') ? { type: 'text', catalogue: type.slice(4) } : (type as PropertyType)
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
