import type { EventEntry, PropertyEntry } from '@tagtree/core/catalog/catalog'
import { quoteIdentifier, type WorkspaceClickHouse } from './clickhouse.js'
import type { ScanState } from './scan-state.js'

/** How often an event happened, and how often its properties are known. */
export interface EventMeasure {
  /** Once per subject it is about. */
  readonly volume: number
  readonly firstAt: string | null
  readonly lastAt: string | null
  /** Property -> rows that give it. */
  readonly known: Record<string, number>
}

/** Counts the rows of an event that count: without replaced ones and those of undone imports. One scan of the event. */
export async function measureEvent(
  clickhouse: WorkspaceClickHouse,
  event: EventEntry,
  { excludedImports, hasSuperseded }: ScanState,
): Promise<EventMeasure> {
  const properties = [...event.properties.values()].filter(({ column }) => column !== null)
  const visible = 'import_id NOT IN (SELECT arrayJoin({excluded:Array(UInt32)}))'
  const replaced = hasSuperseded ? ` AND seq NOT IN (SELECT seq FROM events_superseded WHERE ${visible})` : ''
  const counts = properties.map((property, at) => `, countIf(${isKnown(property)}) AS k${at}`)
  const [row] = await clickhouse.query<Record<string, string | number>>(
    `SELECT count() AS volume, toUnixTimestamp64Milli(min(ts)) AS first, toUnixTimestamp64Milli(max(ts)) AS last${counts.join('')}
     FROM events WHERE event = {event:String} AND ${visible}${replaced}`,
    { params: { event: event.name, excluded: excludedImports } },
  )
  const volume = Number(row?.volume ?? 0)
  const moment = (ms: string | number | undefined): string | null =>
    volume === 0 ? null : new Date(Number(ms)).toISOString()
  return {
    volume,
    firstAt: moment(row?.first),
    lastAt: moment(row?.last),
    known: Object.fromEntries(properties.map(({ name }, at) => [name, Number(row?.[`k${at}`] ?? 0)])),
  }
}

function isKnown({ column, item, type }: PropertyEntry): string {
  if (type === 'list') return `${quoteIdentifier(`${column}__known`)} = 1`
  return item ? `arrayExists(x -> isNotNull(x), ${quoteIdentifier(column!)})` : `isNotNull(${quoteIdentifier(column!)})`
}
