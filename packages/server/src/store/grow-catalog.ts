import type { IdentityKindEntry, PropertyType } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import { checkRoom } from './check-room.js'
import { quoteIdentifier, type WorkspaceClickHouse } from './clickhouse.js'
import { ColumnBook, storageOf } from './column-book.js'
import { addItemNames, type WantedItemCatalogue, type WantedItemProperty } from './grow-items.js'
import { bumpCatalogVersion, type Names, readNames, type StoredAttribute, type StoredProperty } from './names.js'
import type { Tx } from './postgres.js'
import { addRelations, type WantedRelation } from './relations.js'
import { addColumns, plainColumnType, readColumns } from './typed-columns.js'

/** Names to add; those that exist already are left as they are. */
export interface WantedNames {
  readonly events?: readonly { readonly name: string; readonly labels?: Text; readonly passive?: boolean }[]
  readonly properties?: readonly WantedProperty[]
  readonly attributes?: readonly WantedAttribute[]
  readonly subjects?: readonly { readonly key: string; readonly labels?: Text }[]
  readonly identityKinds?: readonly IdentityKindEntry[]
  readonly relations?: readonly WantedRelation[]
  readonly catalogues?: readonly WantedItemCatalogue[]
  readonly itemProperties?: readonly WantedItemProperty[]
}
export interface WantedProperty {
  readonly event: string
  readonly item: boolean
  readonly name: string
  readonly type: PropertyType
  readonly labels?: Text
  /** Text that hardly repeats or is long: a plain column instead of a dictionary one. */
  readonly diverse?: boolean
  /** The item catalogue whose items the value names. */
  readonly catalogue?: string
}
export interface WantedAttribute {
  readonly subject: string
  readonly key: string
  readonly type: PropertyType
  readonly labels?: Text
}

/** Typed columns of events, item columns included; later properties live in the JSON column. */
export const MAX_EVENT_COLUMNS = 200
/** Typed columns of attributes. */
export const MAX_ATTRIBUTE_COLUMNS = 500
/** Names of one kind that a workspace may have at all. */
const MAX_NAMES = { events: 2_000, properties: 20_000, attributes: 5_000, subjects: 50, kinds: 500 }

/**
 * Adds names in the caller's transaction. Columns are added to ClickHouse before the names commit: a reader who sees a
 * name can read its column. A column whose name was lost in a crash is used again when its type fits.
 * `planned`: declared by somebody, not met in data; then a stored name with another type is an error.
 * @throws AppError CATALOG_TYPE_FIXED | CATALOG_FULL | RELATION_FIXED | RELATION_INVALID
 */
export async function growCatalog(
  tx: Tx,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
  wanted: WantedNames,
  planned: boolean,
): Promise<Names> {
  await tx.query('select pg_advisory_xact_lock(7412, $1)', [workspaceId])
  const names = await readNames(tx, workspaceId)
  await addKinds(tx, workspaceId, names, wanted, planned)
  await addEvents(tx, workspaceId, names, wanted.events ?? [], planned)
  await addProperties(tx, clickhouse, workspaceId, names, wanted.properties ?? [], planned)
  await addAttributes(tx, clickhouse, workspaceId, names, wanted.attributes ?? [], planned)
  await addItemNames(tx, clickhouse, workspaceId, names, wanted.catalogues ?? [], wanted.itemProperties ?? [], planned)
  await bumpCatalogVersion(tx, workspaceId)
  return readNames(tx, workspaceId)
}

async function addKinds(
  tx: Tx,
  workspaceId: number,
  names: Names,
  wanted: WantedNames,
  planned: boolean,
): Promise<void> {
  const subjects = (wanted.subjects ?? []).filter((subject) => !names.subjects.has(subject.key))
  checkRoom('subject kinds', '主体类型', names.subjects.size + subjects.length, MAX_NAMES.subjects)
  let number = Math.max(2, ...[...names.subjects.values()].map((subject) => subject.number))
  for (const subject of subjects) {
    number += 1
    await tx.query('insert into subject_kind (workspace_id, number, key, labels) values ($1, $2, $3, $4)', [
      workspaceId,
      number,
      subject.key,
      JSON.stringify(subject.labels ?? subject.key),
    ])
  }
  const kinds = (wanted.identityKinds ?? []).filter((kind) => !names.identityKinds.has(kind.key))
  checkRoom('identity kinds', '身份类型', names.identityKinds.size + kinds.length, MAX_NAMES.kinds)
  for (const kind of kinds) await insertIdentityKind(tx, workspaceId, kind)
  await addRelations(tx, workspaceId, names, wanted.relations ?? [], planned)
}

/** Writes one identity kind; an existing one stays. */
export async function insertIdentityKind(tx: Tx, workspaceId: number, kind: IdentityKindEntry): Promise<void> {
  await tx.query(
    `insert into identity_kind (workspace_id, key, subject, strong, limit_per_profile, priority, normalise, labels)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      workspaceId,
      kind.key,
      kind.subject,
      kind.strong,
      kind.limit,
      kind.priority,
      kind.normalise,
      JSON.stringify(kind.labels),
    ],
  )
}

async function addEvents(
  tx: Tx,
  workspaceId: number,
  names: Names,
  wanted: NonNullable<WantedNames['events']>,
  planned: boolean,
): Promise<void> {
  const added = wanted.filter((event) => !names.events.has(event.name))
  checkRoom('events', '事件', names.events.size + added.length, MAX_NAMES.events)
  await tx.query(
    `insert into catalog_event (workspace_id, name, labels, passive, planned)
     select $1, name, labels, passive, $5 from unnest($2::text[], $3::jsonb[], $4::boolean[]) as t(name, labels, passive)
     on conflict do nothing`,
    [
      workspaceId,
      added.map((event) => event.name),
      added.map((event) => JSON.stringify(event.labels ?? event.name)),
      added.map((event) => event.passive ?? false),
      planned,
    ],
  )
  for (const event of added) {
    names.events.set(event.name, {
      name: event.name,
      labels: event.labels ?? event.name,
      passive: event.passive ?? false,
      state: 'live',
      plain: new Map(),
      item: new Map(),
    })
  }
}

async function addProperties(
  tx: Tx,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
  names: Names,
  wanted: readonly WantedProperty[],
  planned: boolean,
): Promise<void> {
  const stored = [...names.events.values()].flatMap((event) => [...event.plain.values(), ...event.item.values()])
  const missing: WantedProperty[] = []
  for (const property of wanted) {
    const event = names.events.get(property.event)
    const known = (property.item ? event?.item : event?.plain)?.get(property.name)
    if (known === undefined) {
      missing.push(property)
      continue
    }
    if (planned && known.type !== property.type) await changeType(tx, workspaceId, known, property.type)
    if (planned && property.catalogue !== undefined && known.catalogue !== property.catalogue) {
      await joinCatalogue(tx, workspaceId, known, property.catalogue)
    }
  }
  if (missing.length === 0) return
  checkRoom('properties', '属性', stored.length + missing.length, MAX_NAMES.properties)
  const existing = await readColumns(clickhouse, 'events')
  const inSpace = <P extends { readonly item: boolean }>(property: P) =>
    ({ ...property, space: property.item ? 'i' : 'p' }) as const
  const columns = new ColumnBook(stored.map(inSpace), existing, MAX_EVENT_COLUMNS)
  const added: StoredProperty[] = []
  for (const property of missing) {
    const column = columns.columnFor(inSpace(property))
    const { event, item, name, type, catalogue = null } = property
    added.push({ event, item, name, type, labels: property.labels ?? name, column, catalogue })
  }
  await addColumns(clickhouse, 'events', columns.added)
  await tx.query(
    `insert into catalog_property (workspace_id, event, item, name, type, labels, column_name, planned, catalogue)
     select $1, event, item, name, type, labels, column_name, $8, catalogue
     from unnest($2::text[], $3::boolean[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $9::text[])
       as t(event, item, name, type, labels, column_name, catalogue)
     on conflict do nothing`,
    [
      workspaceId,
      added.map((property) => property.event),
      added.map((property) => property.item),
      added.map((property) => property.name),
      added.map((property) => property.type),
      added.map((property) => JSON.stringify(property.labels)),
      added.map((property) => property.column),
      planned,
      added.map((property) => property.catalogue),
    ],
  )
}

/** number and money share their storage: that change is a matter of names. */
async function changeType(tx: Tx, workspaceId: number, known: StoredProperty, type: PropertyType): Promise<void> {
  if (storageOf(known.type) !== storageOf(type)) {
    throw new AppError('CATALOG_TYPE_FIXED', { words: { name: known.name, known: known.type, wanted: type } })
  }
  if (type !== 'money') return
  await tx.query(
    `update catalog_property set type = $5 where workspace_id = $1 and event = $2 and item = $3 and name = $4`,
    [workspaceId, known.event, known.item, known.name, type],
  )
}

/**
 * Says whose items the values of a property name; null = of no catalogue.
 * @throws AppError CATALOG_TYPE_FIXED when the values are no text
 */
export async function joinCatalogue(
  tx: Tx,
  workspaceId: number,
  property: StoredProperty,
  catalogue: string | null,
): Promise<void> {
  const { event, item, name, type } = property
  if (catalogue !== null && type !== 'text') {
    throw new AppError('CATALOG_TYPE_FIXED', { words: { name, known: type, wanted: 'text' } })
  }
  await tx.query(
    `update catalog_property set catalogue = $5 where workspace_id = $1 and event = $2 and item = $3 and name = $4`,
    [workspaceId, event, item, name, catalogue],
  )
}

async function addAttributes(
  tx: Tx,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
  names: Names,
  wanted: readonly WantedAttribute[],
  planned: boolean,
): Promise<void> {
  const stored = [...names.attributes.values()].flatMap((ofSubject) => [...ofSubject.values()])
  const missing: WantedAttribute[] = []
  for (const attribute of wanted) {
    const known = names.attributes.get(attribute.subject)?.get(attribute.key)
    if (known === undefined) missing.push(attribute)
    else if (planned && known.type !== attribute.type) {
      if (storageOf(known.type) !== storageOf(attribute.type)) {
        const words = { name: known.key, known: known.type, wanted: attribute.type }
        throw new AppError('CATALOG_TYPE_FIXED', { words })
      }
      if (attribute.type === 'money') {
        await tx.query(`update catalog_attribute set type = 'money' where workspace_id = $1 and attr_id = $2`, [
          workspaceId,
          known.id,
        ])
      }
    }
  }
  if (missing.length === 0) return
  checkRoom('attributes', '画像属性', stored.length + missing.length, MAX_NAMES.attributes)
  let id = Math.max(0, ...stored.map((attribute) => attribute.id))
  let inColumns = stored.filter((attribute) => attribute.column !== null).length
  const added: StoredAttribute[] = missing.map((attribute) => {
    id += 1
    const column = inColumns < MAX_ATTRIBUTE_COLUMNS ? `a_${id}` : null
    if (column !== null) inColumns += 1
    return { ...attribute, id, labels: attribute.labels ?? attribute.key, column }
  })
  const existing = await readColumns(clickhouse, 'attributes')
  const columns = new Map<string, string>()
  for (const { column, type } of added) {
    if (column === null) continue
    const columnType = type === 'text' ? 'Nullable(String)' : plainColumnType(type, false)
    // Left by a crash between this statement and the commit; its number is used again, perhaps for another type.
    if (existing.has(column) && existing.get(column) !== columnType) await dropColumn(clickhouse, column)
    columns.set(column, columnType)
    if (type === 'list') columns.set(`${column}__known`, 'UInt8')
  }
  await addColumns(clickhouse, 'attributes', columns)
  await tx.query(
    `insert into catalog_attribute (workspace_id, attr_id, subject, key, type, labels, column_name, planned)
     select $1, attr_id, subject, key, type, labels, column_name, $8
     from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[])
       as t(attr_id, subject, key, type, labels, column_name)
     on conflict do nothing`,
    [
      workspaceId,
      added.map((attribute) => attribute.id),
      added.map((attribute) => attribute.subject),
      added.map((attribute) => attribute.key),
      added.map((attribute) => attribute.type),
      added.map((attribute) => JSON.stringify(attribute.labels)),
      added.map((attribute) => attribute.column),
      planned,
    ],
  )
}

async function dropColumn(clickhouse: WorkspaceClickHouse, column: string): Promise<void> {
  await clickhouse.command(
    `ALTER TABLE attributes DROP COLUMN IF EXISTS ${quoteIdentifier(column)},
     DROP COLUMN IF EXISTS ${quoteIdentifier(`${column}__known`)}`,
    { settings: { mutations_sync: '1' } },
  )
}
