import { foldAttribute } from '@tagtree/core/catalog/attribute-fold'
import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { StoredValue } from '@tagtree/core/catalog/coerce'
import type { SubjectFacts } from '@tagtree/core/evaluate/facts'
import { formatDecimal } from '@tagtree/core/kernel/decimal'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { World } from './random-world.js'
import { worldColumns } from './world-catalog.js'

const TABLES = [
  'events',
  'events_superseded',
  'nodes',
  'node_override',
  'identities',
  'attributes',
  'attribute_changes',
  'tag_changes',
]

type Row = Readonly<Record<string, unknown>>

/** Adds the columns of the catalogue; once per database. */
export async function addWorldColumns(clickhouse: WorkspaceClickHouse, catalog: Catalog): Promise<void> {
  for (const [table, columns] of Object.entries(worldColumns(catalog))) {
    const parts = [...columns].map(([name, type]) => `ADD COLUMN IF NOT EXISTS ${name} ${type}`)
    await clickhouse.command(`ALTER TABLE ${table} ${parts.join(', ')}`)
  }
}

/** Empties the tables and writes a world into them, as the applier would have. */
export async function writeWorld(
  clickhouse: WorkspaceClickHouse,
  world: World,
  facts: readonly SubjectFacts[],
  catalog: Catalog,
): Promise<void> {
  for (const table of TABLES) await clickhouse.command(`TRUNCATE TABLE ${table}`)
  const rows: Readonly<Record<string, readonly Row[]>> = {
    events: world.events.map((event) => eventRow(event, catalog)),
    events_superseded: world.superseded.map((row) => ({
      seq: String(row.seq),
      by_seq: String(row.bySeq),
      import_id: row.importId,
    })),
    nodes: world.sightings.map((one) => ({
      ...placeRow(one),
      strong: Number(one.strong),
      first_ts: instant(one.firstTs),
    })),
    node_override: [...world.profileOf]
      .filter(([node, profile]) => node !== profile)
      .map(([node, profile]) => ({ node_id: node, profile_id: profile, version: 1 })),
    identities: world.identities.map((one) => ({
      ...placeRow(one),
      kind: one.kind,
      blind_hex: blindOf(one.kind, one.value),
    })),
    attribute_changes: world.changes.map((one) => ({
      ...placeRow(one),
      attr_id: catalog.attributes.get('person')!.get(one.attribute)!.id,
      ts: instant(one.change.ts),
      op: one.change.operation,
      ...changeCell(one.change.value),
    })),
    attributes: facts.map((subject) => attributeRow(subject, world.asOf, catalog)),
    tag_changes: assertionRows(world, catalog),
  }
  for (const [table, list] of Object.entries(rows)) await insert(clickhouse, table, list)
  await clickhouse.command('SYSTEM RELOAD DICTIONARY override')
}

/** Stands for the keyed hash of a workspace: 16 bytes as hex. */
export function blindOf(kind: string, value: string): string {
  return Buffer.from(`${kind}${value}`.padEnd(16, '.')).subarray(0, 16).toString('hex')
}

async function insert(clickhouse: WorkspaceClickHouse, table: string, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  // Columns that only some rows have are left to their default in the others.
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const body = rows.map((row) => JSON.stringify(row)).join('\n')
  await clickhouse.insert(table, Buffer.from(body), { token: `${table}:${Math.random()}`, columns, gzip: false })
}

function placeRow(place: { node: number; stamped: number; importId: number; seq: bigint }): Row {
  return {
    subject: 1,
    node_id: place.node,
    profile_id: place.stamped,
    import_id: place.importId,
    seq: String(place.seq),
  }
}

function eventRow(stored: World['events'][number], catalog: Catalog): Row {
  const { fact } = stored
  const cells: Record<string, unknown> = {}
  const props: Record<string, unknown> = {}
  for (const property of catalog.events.get(fact.event)!.properties.values()) {
    if (property.item) {
      const field = property.name.slice('items.'.length)
      cells[property.column!] = fact.items.map((item) => cell(item[field] ?? null))
      continue
    }
    const value = fact.properties[property.name] ?? null
    if (value === null) continue
    if (property.column === null) props[property.name] = value
    else {
      cells[property.column] = cell(value)
      if (property.type === 'list') cells[`${property.column}__known`] = 1
    }
  }
  return {
    ...placeRow(stored),
    event: fact.event,
    ts: instant(fact.ts),
    source_id: 1,
    message_hash: String(stored.seq),
    items_count: fact.items.length,
    ...cells,
    props,
  }
}

function cell(value: EventScopeValue): unknown {
  if (typeof value === 'bigint') return formatDecimal(value)
  if (typeof value === 'number') return instant(value)
  return typeof value === 'boolean' ? Number(value) : value
}

function changeCell(value: StoredValue | null): Row {
  if (value === null) return {}
  switch (value.type) {
    case 'number':
      return { num: value.value }
    case 'bool':
      return { num: value.value ? '1' : '0' }
    case 'text':
      return { str: value.value }
    case 'date':
      return { at: instant(value.value) }
    case 'list':
      return { list: value.value }
  }
}

function attributeRow(subject: SubjectFacts, asOf: number, catalog: Catalog): Row {
  const cells: Record<string, unknown> = {}
  const extra: Record<string, unknown> = {}
  for (const [key, changes] of subject.attributes) {
    const value = foldAttribute(changes.filter((change) => change.ts < asOf))?.value
    const { column, type } = catalog.attributes.get('person')!.get(key)!
    if (value === null || value === undefined) continue
    const plain =
      value.type === 'date' ? instant(value.value) : value.type === 'bool' ? Number(value.value) : value.value
    if (column === null) extra[key] = plain
    else {
      cells[column] = plain
      if (type === 'list') cells[`${column}__known`] = 1
    }
  }
  return { profile_id: subject.profile, subject: 1, version: '1', deleted: 0, ...cells, extra }
}

function assertionRows(world: World, catalog: Catalog): Row[] {
  return world.assertions.flatMap((one): Row[] => {
    const isList = one.of === 'chosen'
    const entry = isList ? catalog.lists.get('chosen')! : catalog.definitions.get(one.of)!
    const head = { tag_id: entry.number, profile_id: one.profile, run_id: String(one.run), as_of: one.asOf / 1000 }
    const code = (value: string): number => (isList ? 1 : catalog.definitions.get(one.of)!.codes.get(value)!)
    if (one.of !== 'topics') return [{ ...head, value: one.values.length === 0 ? 0 : code(one.values[0]!), present: 1 }]
    return ['x', 'y', 'z'].map((value) => ({
      ...head,
      value: code(value),
      present: Number(one.values.includes(value)),
    }))
  })
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
}
