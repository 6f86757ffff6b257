import type {
  AttributeEntry,
  Catalog,
  DefinitionEntry,
  EventEntry,
  ListEntry,
  PropertyEntry,
} from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import { zoneOf } from '@tagtree/core/kernel/zone'
import type { Definition, Text } from '@tagtree/core/language/document'
import type pg from 'pg'
import { readCalendar } from './calendar/read-calendar.js'
import type { ClickHouse } from './clickhouse.js'
import { growCatalog, type WantedNames } from './grow-catalog.js'
import { bumpCatalogVersion, type Names, readNames, type StoredProperty } from './names.js'
import { inWorkspace, type Tx } from './postgres.js'
import { readCategories } from './read-categories.js'

/** The names of each workspace. */
export interface CatalogStore {
  /** The present snapshot; the same object as long as nothing changed. */
  load(workspaceId: number): Promise<Catalog>
  /** Plans names before their data comes: their types then are not guessed. Existing ones stay. */
  declare(workspaceId: number, wanted: WantedNames): Promise<void>
  /** Makes snapshots old within the caller's transaction; for definitions and whatever else a catalog shows. */
  bump(tx: Tx, workspaceId: number): Promise<void>
}

export interface CatalogDeps {
  readonly app: pg.Pool
  readonly clickhouse: ClickHouse
}

interface Stamp {
  readonly stamp: string
  readonly time_zone: string
  readonly currency: string
  readonly database: string
}

export function openCatalogStore(deps: CatalogDeps): CatalogStore {
  const cache = new Map<number, { readonly stamp: string; readonly catalog: Catalog }>()
  return {
    load: (workspaceId) =>
      inWorkspace(deps.app, workspaceId, async (tx) => {
        const stamp = await readStamp(tx, workspaceId)
        const cached = cache.get(workspaceId)
        if (cached?.stamp === stamp.stamp) return cached.catalog
        const names = await readNames(tx, workspaceId)
        const definitions = await readDefinitions(tx, workspaceId)
        const calendar = await readCalendar(tx, workspaceId, zoneOf(stamp.time_zone))
        const categories = await readCategories(tx, workspaceId)
        const catalog = { ...toCatalog(stamp, names, definitions), ...calendar, categories }
        cache.set(workspaceId, { stamp: stamp.stamp, catalog })
        return catalog
      }),
    declare: (workspaceId, wanted) =>
      inWorkspace(deps.app, workspaceId, async (tx) => {
        const { database } = await readStamp(tx, workspaceId)
        await growCatalog(tx, deps.clickhouse.workspace(database), workspaceId, wanted, true)
      }),
    bump: bumpCatalogVersion,
  }
}

/** Everything a snapshot depends on, in one look-up: names, the catalogue's last change, codes, the workspace. */
async function readStamp(tx: Tx, workspaceId: number): Promise<Stamp> {
  const { rows } = await tx.query<Stamp>(
    `select concat_ws('/',
              (select version from catalog_version where workspace_id = $1),
              (select max(change_no) from catalogue_change where workspace_id = $1),
              (select count(*) from value_code where workspace_id = $1),
              w.time_zone, w.currency) as stamp,
            w.time_zone, w.currency, w.database
     from workspace w where w.id = $1`,
    [workspaceId],
  )
  const stamp = rows[0]
  if (stamp === undefined) {
    throw new AppError('NOT_FOUND', { words: { what: { en: 'workspace', zh: '工作区' }, name: String(workspaceId) } })
  }
  return stamp
}

function propertyEntry({ type, labels, item, column, catalogue }: StoredProperty, name: string): PropertyEntry {
  return { name, type, labels, item, column, ...(catalogue === null ? {} : { catalogue }) }
}

interface DefinitionRow {
  readonly id: string
  readonly kind: DefinitionEntry['kind'] | 'list'
  readonly number: number
  readonly subject: string
  readonly state: 'live' | 'archived'
  readonly version: number
  readonly body: unknown
  readonly codes: Readonly<Record<string, number>> | null
  readonly sql_kind: NonNullable<DefinitionEntry['sqlKind']> | null
  /** Of a list of values. */
  readonly values: readonly string[] | null
}

async function readDefinitions(tx: Tx, workspaceId: number): Promise<DefinitionRow[]> {
  const { rows } = await tx.query<DefinitionRow>(
    `select d.id, d.kind, d.number, d.subject, d.state, v.version, v.body,
            (select jsonb_object_agg(c.label, c.code) from value_code c
             where c.workspace_id = $1 and c.number = d.number) as codes,
            (select s.value_kind from sql_statement s where s.workspace_id = $1
             and s.hash = encode(sha256(convert_to(v.body #>> '{assign,given,sql}', 'UTF8')), 'hex')) as sql_kind,
            (select array_agg(l.value order by l.value collate "C") from list_value l
             where l.workspace_id = $1 and l.number = d.number and l.from_content <= (v.body->>'content')::int
               and (l.to_content is null or l.to_content > (v.body->>'content')::int)) as values
     from definition d
     join definition_version v
       on v.workspace_id = d.workspace_id and v.id = d.id and v.version = d.published_version
     where d.workspace_id = $1 and d.state in ('live', 'archived')
     order by d.number`,
    [workspaceId],
  )
  return rows
}

function toCatalog(stamp: Stamp, names: Names, rows: readonly DefinitionRow[]): Omit<Catalog, 'calendar' | 'periods'> {
  const events = new Map<string, EventEntry>()
  for (const event of names.events.values()) {
    if (event.state === 'blocked') continue
    const properties = new Map<string, PropertyEntry>()
    for (const property of event.plain.values()) properties.set(property.name, propertyEntry(property, property.name))
    for (const property of event.item.values()) {
      const path = `items.${property.name}`
      properties.set(path, propertyEntry(property, path))
    }
    events.set(event.name, { name: event.name, labels: event.labels, passive: event.passive, properties })
  }
  const attributes = new Map<string, ReadonlyMap<string, AttributeEntry>>()
  for (const [subject, ofSubject] of names.attributes) attributes.set(subject, ofSubject)
  const definitions = new Map<string, DefinitionEntry>()
  const lists = new Map<string, ListEntry>()
  for (const row of rows) {
    if (row.kind === 'list') {
      const { id, number, subject } = row
      const body = row.body as { readonly name?: Text; readonly holds?: 'values' }
      const labels = body.name ?? id
      lists.set(id, { id, number, subject, labels, holds: body.holds ?? 'subjects', values: row.values ?? [] })
    } else {
      definitions.set(row.id, {
        id: row.id,
        kind: row.kind,
        number: row.number,
        version: row.version,
        body: row.body as Definition,
        archived: row.state === 'archived',
        codes: new Map(Object.entries(row.codes ?? {})),
        ...(row.sql_kind === null ? {} : { sqlKind: row.sql_kind }),
      })
    }
  }
  return {
    timeZone: stamp.time_zone,
    currency: stamp.currency,
    subjects: names.subjects,
    events,
    attributes,
    identityKinds: names.identityKinds,
    relations: names.relations,
    definitions,
    lists,
    items: names.items,
  }
}
