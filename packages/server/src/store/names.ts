import type { IdentityKindEntry, PropertyType, RelationEntry, SubjectEntry } from '@tagtree/core/catalog/catalog'
import type { Text } from '@tagtree/core/language/document'
import type { Tx } from './postgres.js'

/** A property as it is stored; `column` null = in the JSON column props. */
export interface StoredProperty {
  readonly event: string
  readonly item: boolean
  readonly name: string
  readonly type: PropertyType
  readonly labels: Text
  readonly column: string | null
  /** The item catalogue whose items the value names. */
  readonly catalogue: string | null
}
/** A property of the items of a catalogue; `column` null = in the JSON column props. */
export interface StoredItemProperty {
  readonly catalogue: string
  readonly name: string
  readonly type: PropertyType
  readonly labels: Text
  readonly column: string | null
}
export interface StoredItemCatalogue {
  readonly key: string
  readonly labels: Text
  readonly properties: Map<string, StoredItemProperty>
}
export interface StoredAttribute {
  readonly id: number
  readonly subject: string
  readonly key: string
  readonly type: PropertyType
  readonly labels: Text
  readonly column: string | null
}
export interface StoredEvent {
  readonly name: string
  readonly labels: Text
  readonly passive: boolean
  readonly state: 'live' | 'blocked'
  /** Of the event itself. */
  readonly plain: Map<string, StoredProperty>
  /** Of one order line. */
  readonly item: Map<string, StoredProperty>
}

/** All names of a workspace as PostgreSQL has them, for writers. */
export interface Names {
  readonly version: string
  readonly subjects: Map<string, SubjectEntry>
  readonly events: Map<string, StoredEvent>
  /** subject kind -> key -> attribute */
  readonly attributes: Map<string, Map<string, StoredAttribute>>
  readonly identityKinds: Map<string, IdentityKindEntry>
  readonly relations: Map<string, RelationEntry>
  readonly items: Map<string, StoredItemCatalogue>
}

/** Reads all names of the transaction's workspace. */
export async function readNames(tx: Tx, workspaceId: number): Promise<Names> {
  const version = await readCatalogVersion(tx, workspaceId)
  const subjects = await tx.query<{ number: number; key: string; labels: Text }>(
    'select number, key, labels from subject_kind where workspace_id = $1 order by number',
    [workspaceId],
  )
  const kinds = await tx.query<{
    key: string
    subject: string
    strong: boolean
    limit_per_profile: number | null
    priority: number
    normalise: IdentityKindEntry['normalise']
    labels: Text
  }>(
    `select key, subject, strong, limit_per_profile, priority, normalise, labels from identity_kind
     where workspace_id = $1 order by priority, key`,
    [workspaceId],
  )
  const relations = await tx.query<{
    key: string
    from_subject: string
    to_subject: string
    many: boolean
    labels: Text
    noun: Text
    inverse_of: string | null
  }>(
    `select key, from_subject, to_subject, many, labels, noun, inverse_of from relation_kind
     where workspace_id = $1 order by key`,
    [workspaceId],
  )
  const events = await tx.query<{ name: string; labels: Text; passive: boolean; state: StoredEvent['state'] }>(
    'select name, labels, passive, state from catalog_event where workspace_id = $1 order by created_at, name',
    [workspaceId],
  )
  const properties = await tx.query<{
    event: string
    item: boolean
    name: string
    type: PropertyType
    labels: Text
    column_name: string | null
    catalogue: string | null
  }>(
    `select event, item, name, type, labels, column_name, catalogue from catalog_property
     where workspace_id = $1 order by created_at, event, item, name`,
    [workspaceId],
  )
  const attributes = await tx.query<{
    attr_id: number
    subject: string
    key: string
    type: PropertyType
    labels: Text
    column_name: string | null
  }>(
    `select attr_id, subject, key, type, labels, column_name from catalog_attribute
     where workspace_id = $1 order by attr_id`,
    [workspaceId],
  )
  const catalogues = await tx.query<{ key: string; labels: Text }>(
    'select key, labels from item_catalogue where workspace_id = $1 order by created_at, key',
    [workspaceId],
  )
  const ofItems = await tx.query<{
    catalogue: string
    name: string
    type: PropertyType
    labels: Text
    column_name: string | null
  }>(
    `select catalogue, name, type, labels, column_name from item_property
     where workspace_id = $1 order by created_at, catalogue, name`,
    [workspaceId],
  )
  const names: Names = {
    version,
    subjects: new Map(subjects.rows.map((row) => [row.key, { key: row.key, number: row.number, labels: row.labels }])),
    events: new Map(),
    attributes: new Map(),
    identityKinds: new Map(
      kinds.rows.map((row) => [
        row.key,
        {
          key: row.key,
          subject: row.subject,
          strong: row.strong,
          limit: row.limit_per_profile,
          priority: row.priority,
          normalise: row.normalise,
          labels: row.labels,
        },
      ]),
    ),
    relations: new Map(
      relations.rows.map((row) => [
        row.key,
        {
          key: row.key,
          from: row.from_subject,
          to: row.to_subject,
          many: row.many,
          labels: row.labels,
          noun: row.noun,
          inverseOf: row.inverse_of,
        },
      ]),
    ),
    items: new Map(catalogues.rows.map((row) => [row.key, { ...row, properties: new Map() }])),
  }
  for (const { column_name: column, ...row } of ofItems.rows) {
    names.items.get(row.catalogue)?.properties.set(row.name, { ...row, column })
  }
  for (const row of events.rows) names.events.set(row.name, { ...row, plain: new Map(), item: new Map() })
  for (const row of properties.rows) {
    const { column_name: column, ...rest } = row
    const event = names.events.get(row.event)
    ;(row.item ? event?.item : event?.plain)?.set(row.name, { ...rest, column })
  }
  for (const row of attributes.rows) {
    const ofSubject = names.attributes.get(row.subject) ?? new Map<string, StoredAttribute>()
    names.attributes.set(row.subject, ofSubject)
    const { attr_id: id, column_name: column, ...rest } = row
    ofSubject.set(row.key, { ...rest, id, column })
  }
  return names
}

/** The number that grows with every change of names; '0' before the first. */
export async function readCatalogVersion(tx: Tx, workspaceId: number): Promise<string> {
  const { rows } = await tx.query<{ version: string }>('select version from catalog_version where workspace_id = $1', [
    workspaceId,
  ])
  return rows[0]?.version ?? '0'
}

/** Makes every cached catalog of the workspace old, once the transaction commits. */
export async function bumpCatalogVersion(tx: Tx, workspaceId: number): Promise<void> {
  await tx.query(
    `insert into catalog_version (workspace_id, version) values ($1, 1)
     on conflict (workspace_id) do update set version = catalog_version.version + 1`,
    [workspaceId],
  )
}
