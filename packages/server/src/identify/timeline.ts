import type { PropertyEntry, PropertyType } from '@tagtree/core/catalog/catalog'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { quoteIdentifier } from '../store/clickhouse.js'
import { inWorkspace } from '../store/postgres.js'
import { readStampedProfiles, requireProfile, type SubjectScope } from './subject.js'

/** One thing that happened, as a person reads it. */
export interface TimelineEntry {
  readonly event: string
  /** ms */
  readonly at: number
  readonly seq: string
  /** The identity it came by. */
  readonly nodeId: number
  /** 0 = streamed. */
  readonly importId: number
  readonly properties: Readonly<Record<string, RawValue>>
  /** Order lines. */
  readonly items: readonly Readonly<Record<string, RawValue>>[]
}

/** Everything before this place in the total order. */
export interface TimelinePosition {
  readonly at: number
  readonly seq: string
}

export interface TimelineQuery {
  readonly limit: number
  readonly before: TimelinePosition | null
  /** Only these events; null = all. */
  readonly events: readonly string[] | null
}

type Row = Readonly<Record<string, RawValue>> & {
  readonly event: string
  readonly at: string
  readonly seq: string
  readonly node_id: number
  readonly import_id: number
  readonly items_count: number
  readonly props: Readonly<Record<string, RawValue>>
}

/**
 * What a subject did or what was done to it, newest first. The places are found by a narrow scan over all known events
 * (the key begins with the event), then only those rows are read whole. @throws AppError NOT_FOUND
 */
export async function readTimeline(scope: SubjectScope, id: number, query: TimelineQuery): Promise<TimelineEntry[]> {
  const { workspaceId, pool, clickhouse, catalog, scan } = scope
  const profileId = await requireProfile(scope, id)
  const stamped = await inWorkspace(pool, workspaceId, (tx) => readStampedProfiles(tx, workspaceId, profileId))
  const events = [...catalog.events.keys()].filter((name) => query.events?.includes(name) ?? true)
  const found = await clickhouse.query<{ seq: string }>(
    `SELECT seq FROM events
     WHERE event IN {events:Array(String)} AND profile_id IN {stamped:Array(UInt32)}
       AND dictGetOrDefault({dictionary:String}, 'profile_id', toUInt64(node_id), profile_id) = {profile:UInt32}
       AND import_id NOT IN {excluded:Array(UInt32)}
       ${scan.hasSuperseded ? 'AND seq NOT IN (SELECT seq FROM events_superseded WHERE import_id NOT IN {excluded:Array(UInt32)})' : ''}
       ${query.before === null ? '' : 'AND (ts, seq) < (fromUnixTimestamp64Milli({at:Int64}), {seq:UInt64})'}
     ORDER BY ts DESC, seq DESC LIMIT {limit:UInt32}`,
    {
      params: {
        events,
        stamped,
        dictionary: `${clickhouse.database}.override`,
        profile: profileId,
        excluded: scan.excludedImports,
        limit: query.limit,
        ...query.before,
      },
    },
  )
  if (found.length === 0) return []
  const columns = [...columnsOf(scope)].map((column) => `, ${quoteIdentifier(column)}`).join('')
  const rows = await clickhouse.query<Row>(
    `SELECT event, toUnixTimestamp64Milli(ts) AS at, seq, node_id, import_id, items_count, props${columns} FROM events
     WHERE event IN {events:Array(String)} AND profile_id IN {stamped:Array(UInt32)} AND seq IN {seqs:Array(UInt64)}
     ORDER BY ts DESC, seq DESC`,
    { params: { events, stamped, seqs: found.map((row) => BigInt(row.seq)) } },
  )
  return rows.map((row) => toEntry(row, [...(catalog.events.get(row.event)?.properties.values() ?? [])]))
}

function columnsOf({ catalog }: SubjectScope): Set<string> {
  const columns = new Set<string>()
  for (const event of catalog.events.values()) {
    for (const { column, type } of event.properties.values()) {
      if (column === null) continue
      columns.add(column)
      if (type === 'list') columns.add(`${column}__known`)
    }
  }
  return columns
}

function toEntry(row: Row, properties: readonly PropertyEntry[]): TimelineEntry {
  const plain: Record<string, RawValue> = {}
  const items: Record<string, RawValue>[] = Array.from({ length: row.items_count }, () => ({}))
  for (const { name, type, item, column } of properties) {
    const stored = column === null ? undefined : row[column]
    if (stored === undefined || stored === null) continue
    if (item) {
      const field = name.slice('items.'.length)
      ;(stored as readonly RawValue[]).forEach((value, line) => {
        if (value !== null && items[line] !== undefined) items[line][field] = showValue(value, type)
      })
    } else if (type !== 'list' || row[`${column}__known`] === 1) {
      plain[name] = showValue(stored, type)
    }
  }
  return {
    event: row.event,
    at: Number(row.at),
    seq: row.seq,
    nodeId: row.node_id,
    importId: row.import_id,
    properties: { ...plain, ...flatten(row.props) },
    items,
  }
}

/** A stored value as JSON: numbers as numbers where nothing is lost, dates as ISO instants. */
export function showValue(stored: RawValue, type: PropertyType): RawValue {
  switch (type) {
    case 'number':
    case 'money':
      return String(Number(stored)) === stored ? Number(stored) : stored
    case 'bool':
      return stored === 1
    case 'date':
      return `${String(stored).replace(' ', 'T')}Z`
    default:
      return stored
  }
}

/** The JSON column answers `a.b` as nested objects. */
function flatten(props: Readonly<Record<string, RawValue>>, prefix = ''): Record<string, RawValue> {
  const flat: Record<string, RawValue> = {}
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      Object.assign(flat, flatten(value as Readonly<Record<string, RawValue>>, `${prefix}${key}.`))
    } else flat[`${prefix}${key}`] = value
  }
  return flat
}
