import type { EventEntry, PropertyEntry } from '@tagtree/core/catalog/catalog'
import type { RawValue } from '@tagtree/core/collect/incoming'
import type { EventFact } from '@tagtree/core/evaluate/facts'
import type { Reads } from '@tagtree/core/explain/reads'
import { AppError } from '@tagtree/core/kernel/app-error'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { quoteIdentifier } from '../store/clickhouse.js'
import { type FactSource, knownRows, type ProfilePlaces, profileOf, sourceParams } from './fact-source.js'

/** More events of those asked about are not explained in one answer. */
const MOST_EVENTS = 100_000

type Row = Readonly<Record<string, RawValue>> & {
  readonly event: string
  readonly profile: number
  readonly at: string
  readonly row: string
  readonly items_count: number
}

/** A property with the name its column has in the answer. */
interface Wanted {
  readonly entry: PropertyEntry
  readonly as: string
}

/**
 * The events of some profiles that a definition reads, with those of their properties it may read.
 * @throws AppError FACTS_TOO_MANY
 */
export async function readEventFacts(
  source: FactSource,
  places: readonly ProfilePlaces[],
  reads: Reads,
): Promise<Map<number, EventFact[]>> {
  const { clickhouse, catalog } = source
  const found = new Map<number, EventFact[]>()
  const events = [...reads.events].flatMap((name) => catalog.events.get(name) ?? [])
  if (events.length === 0) return found
  const selected = new Map<string, string>()
  const wanted = new Map(events.map((event) => [event.name, wantedOf(event, reads.words, selected)]))
  const columns = [...selected].map(([as, expression]) => `, ${expression} AS ${as}`).join('')
  const rows = await clickhouse.query<Row>(
    `SELECT event, ${profileOf()} AS profile, toUnixTimestamp64Milli(ts) AS at, seq AS row, items_count${columns} FROM events
     WHERE event IN {events:Array(String)} AND profile_id IN {stamped:Array(UInt32)}
       AND ${profileOf()} IN {profiles:Array(UInt32)} AND ts < fromUnixTimestamp64Milli({asOf:Int64})${knownRows(source)}
       ${source.hasSuperseded ? `AND seq NOT IN (SELECT seq FROM events_superseded WHERE true${knownRows(source, 'by_seq')})` : ''}
     LIMIT {most:UInt32}`,
    {
      params: {
        ...sourceParams(source),
        events: events.map((event) => event.name),
        stamped: places.flatMap((place) => place.stamped),
        profiles: places.map((place) => place.profile),
        most: MOST_EVENTS + 1,
      },
    },
  )
  if (rows.length > MOST_EVENTS) throw new AppError('FACTS_TOO_MANY', { words: { most: MOST_EVENTS } })
  for (const row of rows) {
    const fact = toFact(row, wanted.get(row.event) ?? [])
    const own = found.get(row.profile)
    if (own === undefined) found.set(row.profile, [fact])
    else own.push(fact)
  }
  return found
}

/** Columns that a word of the definition names, or begins with (`items.sku.brand` reads `items.sku`). */
function wantedOf(event: EventEntry, words: ReadonlySet<string>, selected: Map<string, string>): Wanted[] {
  const isNamed = (name: string): boolean => {
    if (words.has(name)) return true
    for (const word of words) if (word.startsWith(`${name}.`)) return true
    return false
  }
  return [...event.properties.values()].flatMap((entry): Wanted[] => {
    if (!isNamed(entry.name)) return []
    const { column } = entry
    const expression = column === null ? `props.${quoteIdentifier(entry.name)}.:String` : quoteIdentifier(column)
    const known = [...selected].find(([, one]) => one === expression)?.[0]
    const as = known ?? `v${selected.size}`
    selected.set(as, expression)
    if (column !== null && entry.type === 'list') selected.set(`${as}_known`, quoteIdentifier(`${column}__known`))
    return [{ entry, as }]
  })
}

function toFact(row: Row, wanted: readonly Wanted[]): EventFact {
  const properties: Record<string, EventScopeValue> = {}
  const items: Record<string, EventScopeValue>[] = Array.from({ length: row.items_count }, () => ({}))
  for (const { entry, as } of wanted) {
    const stored = row[as]
    if (stored === undefined || stored === null) continue
    if (entry.item) {
      const field = entry.name.slice('items.'.length)
      for (const [line, value] of (stored as readonly RawValue[]).entries()) {
        if (value !== null && items[line] !== undefined) items[line][field] = readCell(value, entry)
      }
    } else if (entry.column === null || entry.type !== 'list' || row[`${as}_known`] === 1) {
      properties[entry.name] = readCell(stored, entry)
    }
  }
  return { event: row.event, ts: Number(row.at), seq: BigInt(row.row), properties, items }
}

/** A stored value in memory; what lives in the JSON column is text. */
export function readCell(stored: RawValue, { type, column }: Pick<PropertyEntry, 'type' | 'column'>): EventScopeValue {
  if (column === null) return String(stored)
  switch (type) {
    case 'number':
    case 'money':
      return parseDecimal(String(stored))
    case 'bool':
      return Number(stored) === 1
    case 'date':
      return Date.parse(`${String(stored).replace(' ', 'T')}Z`)
    case 'list':
      return (stored as readonly RawValue[]).map(String)
    case 'text':
      return String(stored)
  }
}
