import { foldAttribute } from '@tagtree/core/catalog/attribute-fold'
import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { StoredValue } from '@tagtree/core/catalog/coerce'
import type { SubjectFacts } from '@tagtree/core/evaluate/facts'
import { formatDecimal } from '@tagtree/core/kernel/decimal'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { Place, StoredPublication, World } from './random-world.js'
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
  'relations',
  'items',
]

type Row = Readonly<Record<string, unknown>>

/** Adds the columns of the catalogue; once per database. */
export async function addWorldColumns(clickhouse: WorkspaceClickHouse, catalog: Catalog): Promise<void> {
  for (const [table, columns] of Object.entries(worldColumns(catalog))) {
    const parts = [...columns].map(([name, type]) => `ADD COLUMN IF NOT EXISTS ${name} ${type}`)
    if (parts.length > 0) await clickhouse.command(`ALTER TABLE ${table} ${parts.join(', ')}`)
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
    events: world.events.map((event) => eventRow(event, world, catalog)),
    events_superseded: world.superseded.map((row) => ({
      seq: String(row.seq),
      by_seq: String(row.bySeq),
      import_id: row.importId,
    })),
    nodes: world.sightings.map((one) => ({
      ...placeRow(one, world),
      strong: Number(one.strong),
      first_ts: instant(one.firstTs),
    })),
    node_override: [...world.profileOf]
      .filter(([node, profile]) => node !== profile)
      .map(([node, profile]) => ({ node_id: node, profile_id: profile, version: 1 })),
    identities: world.identities.map((one) => ({
      ...placeRow(one, world),
      kind: one.kind,
      blind_hex: blindOf(one.kind, one.value),
    })),
    attribute_changes: world.changes.map((one) => ({
      ...placeRow(one, world),
      attr_id: attributeEntry(one.attribute, subjectNumber(world.profileOf.get(one.node)!, world), catalog).id,
      ts: instant(one.change.ts),
      op: one.change.operation,
      ...changeCell(one.change.value),
    })),
    attributes: facts.map((subject) => attributeRow(subject, world, catalog)),
    tag_changes: [
      ...world.listings.map((one) => ({
        tag_id: catalog.lists.get(one.list)!.number,
        profile_id: one.profile,
        run_id: String(one.run),
        as_of: one.asOf / 1000,
        value: Number(one.isOn),
        present: 1,
      })),
      ...(world.published ?? []).map((one) => publishedRow(one, catalog)),
    ],
    items: (world.items ?? []).map((one) => ({
      catalogue: 'goods',
      item: one.item,
      ts: instant(one.ts),
      seq: String(one.seq),
      import_id: one.importId,
      c_brand: one.brand,
      c_price: one.price,
    })),
    relations: (world.links ?? []).map((link) => ({
      kind: link.kind,
      from_node: link.node,
      from_profile: link.stamped,
      to_node: link.to.node,
      to_profile: link.to.stamped,
      role: link.role,
      from_ts: instant(link.fromTs),
      to_ts: link.toTs === null ? null : instant(link.toTs),
      seq: String(link.seq),
      import_id: link.importId,
    })),
  }
  for (const [table, list] of Object.entries(rows)) await insert(clickhouse, table, list)
  await clickhouse.command('SYSTEM RELOAD DICTIONARY override')
}

/** Stands for the keyed hash of a workspace: 16 bytes as hex. */
export function blindOf(kind: string, value: string): string {
  return Buffer.from(`${kind}${value}`.padEnd(16, '.')).subarray(0, 16).toString('hex')
}

/** Codes have the numbers of the catalogue; of a segment 1 is in, 0 out, 2 undecided. */
function publishedRow(one: StoredPublication, catalog: Catalog): Row {
  const entry = catalog.definitions.get(one.of.slice(one.of.indexOf(':') + 1))!
  const coded = typeof one.value === 'string' ? entry.codes.get(one.value)! : 0
  const value = entry.kind === 'segment' ? (one.value === null ? 2 : Number(one.value)) : coded
  return {
    tag_id: entry.number,
    profile_id: one.profile,
    run_id: String(one.run),
    as_of: one.asOf / 1000,
    value,
    present: Number(one.isPresent),
  }
}

async function insert(clickhouse: WorkspaceClickHouse, table: string, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  // Columns that only some rows have are left to their default in the others.
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const body = rows.map((row) => JSON.stringify(row)).join('\n')
  await clickhouse.insert(table, Buffer.from(body), { token: `${table}:${Math.random()}`, columns, gzip: false })
}

function placeRow(place: Place, world: World): Row {
  return {
    subject: subjectNumber(world.profileOf.get(place.node)!, world),
    node_id: place.node,
    profile_id: place.stamped,
    import_id: place.importId,
    seq: String(place.seq),
  }
}

function eventRow(stored: World['events'][number], world: World, catalog: Catalog): Row {
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
    ...placeRow(stored, world),
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

function subjectNumber(profile: number, world: World): number {
  return world.subjectOf?.get(profile) ?? 1
}

function attributeEntry(key: string, subject: number, catalog: Catalog) {
  const kind = [...catalog.subjects.values()].find((one) => one.number === subject)!
  return catalog.attributes.get(kind.key)!.get(key)!
}

function attributeRow(subject: SubjectFacts, world: World, catalog: Catalog): Row {
  const kind = subjectNumber(subject.profile, world)
  const cells: Record<string, unknown> = {}
  const extra: Record<string, unknown> = {}
  for (const [key, changes] of subject.attributes) {
    const value = foldAttribute(changes.filter((change) => change.ts < world.asOf))?.value
    const { column, type } = attributeEntry(key, kind, catalog)
    if (value === null || value === undefined) continue
    const plain =
      value.type === 'date' ? instant(value.value) : value.type === 'bool' ? Number(value.value) : value.value
    if (column === null) extra[key] = plain
    else {
      cells[column] = plain
      if (type === 'list') cells[`${column}__known`] = 1
    }
  }
  return { profile_id: subject.profile, subject: kind, version: '1', deleted: 0, ...cells, extra }
}

function instant(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
}
