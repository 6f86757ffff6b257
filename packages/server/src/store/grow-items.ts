import type { PropertyType } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import { checkRoom } from './check-room.js'
import type { WorkspaceClickHouse } from './clickhouse.js'
import { ColumnBook, storageOf } from './column-book.js'
import type { Names, StoredItemProperty } from './names.js'
import type { Tx } from './postgres.js'
import { addColumns, readColumns } from './typed-columns.js'

export interface WantedItemCatalogue {
  readonly key: string
  readonly labels?: Text
}
export interface WantedItemProperty {
  readonly catalogue: string
  readonly name: string
  readonly type: PropertyType
  readonly labels?: Text
  readonly diverse?: boolean
}

/** Typed columns of items, those of all catalogues together; later properties live in the JSON column. */
const MAX_ITEM_COLUMNS = 200
const MAX_CATALOGUES = 50
const MAX_ITEM_PROPERTIES = 2_000

/**
 * Adds item catalogues and their properties in the caller's transaction; a property brings its catalogue. Existing ones
 * stay; a planned property of another type is an error, and number may become money.
 * @throws AppError CATALOG_TYPE_FIXED | CATALOG_FULL
 */
export async function addItemNames(
  tx: Tx,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
  names: Names,
  catalogues: readonly WantedItemCatalogue[],
  properties: readonly WantedItemProperty[],
  planned: boolean,
): Promise<void> {
  const wanted = new Map<string, Text>()
  for (const { catalogue } of properties) wanted.set(catalogue, catalogue)
  for (const { key, labels } of catalogues) wanted.set(key, labels ?? key)
  const added = [...wanted].filter(([key]) => !names.items.has(key))
  checkRoom('item catalogues', '商品目录', names.items.size + added.length, MAX_CATALOGUES)
  await tx.query(
    `insert into item_catalogue (workspace_id, key, labels)
     select $1, key, labels from unnest($2::text[], $3::jsonb[]) as t(key, labels) on conflict do nothing`,
    [workspaceId, added.map(([key]) => key), added.map(([, labels]) => JSON.stringify(labels))],
  )
  const missing: WantedItemProperty[] = []
  for (const property of properties) {
    const known = names.items.get(property.catalogue)?.properties.get(property.name)
    if (known === undefined) missing.push(property)
    else if (planned && known.type !== property.type) await changeType(tx, workspaceId, known, property.type)
  }
  if (missing.length > 0) await addProperties(tx, clickhouse, workspaceId, names, missing, planned)
}

async function addProperties(
  tx: Tx,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
  names: Names,
  missing: readonly WantedItemProperty[],
  planned: boolean,
): Promise<void> {
  const stored = [...names.items.values()].flatMap(({ properties }) => [...properties.values()])
  checkRoom('item properties', '商品属性', stored.length + missing.length, MAX_ITEM_PROPERTIES)
  const inSpace = <P extends object>(property: P) => ({ ...property, space: 'c' as const })
  const book = new ColumnBook(stored.map(inSpace), await readColumns(clickhouse, 'items'), MAX_ITEM_COLUMNS)
  const added = missing.map((property) => ({ ...property, column: book.columnFor(inSpace(property)) }))
  await addColumns(clickhouse, 'items', book.added)
  await tx.query(
    `insert into item_property (workspace_id, catalogue, name, type, labels, column_name, planned)
     select $1, catalogue, name, type, labels, column_name, $7
     from unnest($2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[])
       as t(catalogue, name, type, labels, column_name)
     on conflict do nothing`,
    [
      workspaceId,
      added.map((property) => property.catalogue),
      added.map((property) => property.name),
      added.map((property) => property.type),
      added.map((property) => JSON.stringify(property.labels ?? property.name)),
      added.map((property) => property.column),
      planned,
    ],
  )
}

async function changeType(tx: Tx, workspaceId: number, known: StoredItemProperty, type: PropertyType): Promise<void> {
  if (storageOf(known.type) !== storageOf(type)) {
    throw new AppError('CATALOG_TYPE_FIXED', { words: { name: known.name, known: known.type, wanted: type } })
  }
  if (type !== 'money') return
  await tx.query(`update item_property set type = 'money' where workspace_id = $1 and catalogue = $2 and name = $3`, [
    workspaceId,
    known.catalogue,
    known.name,
  ])
}
