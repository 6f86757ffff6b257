import type { AttributeChange } from '@tagtree/core/catalog/attribute-fold'
import type { PropertyType } from '@tagtree/core/catalog/catalog'
import type { AttributeOperation } from '@tagtree/core/collect/incoming'
import type { PublishedFact, SubjectFacts } from '@tagtree/core/evaluate/facts'
import type { Reads } from '@tagtree/core/explain/reads'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import { readValue } from '../collect/applier/attribute-history.js'
import { type FactSource, knownRows, type ProfilePlaces, profileOf, sourceParams } from './fact-source.js'

/** When a profile was first seen (ms), whether it is a customer, and since when. */
export type Sighting = Pick<SubjectFacts, 'firstTs' | 'strong' | 'strongFrom'>

/** When a profile was first seen and whether it is a customer; who was not seen before the moment is left out. */
export async function readSightings(
  source: FactSource,
  places: readonly ProfilePlaces[],
): Promise<Map<number, Sighting>> {
  const rows = await source.clickhouse.query<{ profile: number; first: string; is_strong: number; since: string }>(
    `SELECT ${profileOf()} AS profile, toUnixTimestamp64Milli(min(first_ts)) AS first, max(strong) AS is_strong,
            toUnixTimestamp64Milli(minIf(first_ts, strong = 1)) AS since FROM nodes
     WHERE node_id IN {nodes:Array(UInt32)} AND first_ts < fromUnixTimestamp64Milli({asOf:Int64})${knownRows(source)}
     GROUP BY profile`,
    { params: { ...sourceParams(source), nodes: places.flatMap((place) => place.nodes) } },
  )
  return new Map(
    rows.map((row) => {
      const seen = { firstTs: Number(row.first), strong: row.is_strong === 1 }
      return [row.profile, row.is_strong === 1 ? { ...seen, strongFrom: Number(row.since) } : seen]
    }),
  )
}

/** Changes of the attributes that are read, of every subject kind. */
export async function readAttributeFacts(
  source: FactSource,
  places: readonly ProfilePlaces[],
  { attributes }: Reads,
): Promise<Map<number, Map<string, AttributeChange[]>>> {
  const found = new Map<number, Map<string, AttributeChange[]>>()
  const entries = new Map<number, { key: string; type: PropertyType }>()
  for (const own of source.catalog.attributes.values()) {
    for (const { id, key, type } of own.values()) if (attributes.has(key)) entries.set(id, { key, type })
  }
  if (entries.size === 0) return found
  const rows = await source.clickhouse.query<{
    profile: number
    attr_id: number
    at_ms: string
    row: string
    op: AttributeOperation
    num: string | null
    str: string | null
    list: readonly string[]
    value_ms: string | null
  }>(
    `SELECT ${profileOf()} AS profile, attr_id, toUnixTimestamp64Milli(ts) AS at_ms, seq AS row, op, num, str, list,
            toUnixTimestamp64Milli(at) AS value_ms
     FROM attribute_changes
     WHERE attr_id IN {ids:Array(UInt16)} AND profile_id IN {stamped:Array(UInt32)}
       AND ${profileOf()} IN {profiles:Array(UInt32)} AND ts < fromUnixTimestamp64Milli({asOf:Int64})${knownRows(source)}`,
    {
      params: {
        ...sourceParams(source),
        ids: [...entries.keys()],
        stamped: places.flatMap((place) => place.stamped),
        profiles: places.map((place) => place.profile),
      },
    },
  )
  for (const row of rows) {
    const { key, type } = entries.get(row.attr_id)!
    const own = found.get(row.profile) ?? new Map<string, AttributeChange[]>()
    found.set(row.profile, own)
    const change = { operation: row.op, value: readValue(row, type), ts: Number(row.at_ms), seq: BigInt(row.row) }
    own.set(key, [...(own.get(key) ?? []), change])
  }
  return found
}

/**
 * Identities by kind. Values stay unreadable: what is compared with a literal is known by the literal, others by a mark.
 */
export async function readIdentityFacts(
  source: FactSource,
  places: readonly ProfilePlaces[],
  { identities }: Reads,
): Promise<Map<number, Map<string, string[]>>> {
  const found = new Map<number, Map<string, string[]>>()
  if (identities.size === 0) return found
  const rows = await source.clickhouse.query<{ profile: number; kind: string; blind: string }>(
    `SELECT ${profileOf()} AS profile, kind, lower(hex(blind)) AS blind FROM identities
     WHERE kind IN {kinds:Array(String)} AND node_id IN {nodes:Array(UInt32)}${knownRows(source)}`,
    {
      params: {
        ...sourceParams(source),
        kinds: [...identities.keys()],
        nodes: places.flatMap((place) => place.nodes),
      },
    },
  )
  const literals = new Map(
    [...identities].map(([kind, values]) => [
      kind,
      [...new Set(values)].map((value) => ({ value, blind: source.blind(kind, value).toLowerCase() })),
    ]),
  )
  for (const row of rows) {
    const own = found.get(row.profile) ?? new Map<string, string[]>()
    found.set(row.profile, own)
    const known = (literals.get(row.kind) ?? []).filter((one) => one.blind === row.blind).map((one) => one.value)
    own.set(row.kind, [...(own.get(row.kind) ?? []), ...(known.length === 0 ? [`#${row.blind}`] : known)])
  }
  return found
}

/** The published histories that are read: `tag:<id>`, `segment:<id>`, `list:<id>` -> rows, by profile. */
export async function readPublishedFacts(
  source: FactSource,
  places: readonly ProfilePlaces[],
  { published }: Reads,
): Promise<Map<number, Map<string, PublishedFact[]>>> {
  const found = new Map<number, Map<string, PublishedFact[]>>()
  const histories = historiesOf(source, published)
  if (histories.size === 0) return found
  const params = {
    ...sourceParams(source),
    tags: [...histories.keys()],
    profiles: places.map((place) => place.profile),
  }
  const where = `tag_id IN {tags:Array(UInt32)} AND profile_id IN {profiles:Array(UInt32)}
    AND as_of <= fromUnixTimestamp64Milli({asOf:Int64}) AND run_id NOT IN {hidden:Array(UInt64)}`
  const [codes, numbers] = await Promise.all([
    source.clickhouse.query<ChangeRow>(
      `SELECT tag_id, profile_id, toUnixTimestamp(as_of) AS second, run_id, value, present FROM tag_changes WHERE ${where}`,
      { params },
    ),
    source.clickhouse.query<NumberRow>(
      `SELECT tag_id, profile_id, toUnixTimestamp(as_of) AS second, run_id, num, toUnixTimestamp64Milli(at) AS at_ms
       FROM tag_numbers WHERE ${where}`,
      { params },
    ),
  ])
  const add = (row: HistoryRow, fact: Pick<PublishedFact, 'value' | 'op'>): void => {
    const own = found.get(row.profile_id) ?? new Map<string, PublishedFact[]>()
    found.set(row.profile_id, own)
    const key = histories.get(row.tag_id)!.key
    own.set(key, [...(own.get(key) ?? []), { ts: Number(row.second) * 1000, seq: BigInt(row.run_id), ...fact }])
  }
  for (const row of codes) {
    const { labels, family } = histories.get(row.tag_id)!
    const isThere = row.present === 1
    const op = isThere ? 'added' : 'removed'
    // Of a segment 1 is a member and 2 one who cannot be decided.
    if (family === 'presence')
      add(row, { value: row.value === 1 && isThere, op: row.value === 1 && isThere ? 'added' : 'removed' })
    else if (family === 'multi') {
      if (row.value !== 0) add(row, { value: labels.get(row.value) ?? String(row.value), op })
    } else
      add(row, { value: row.value === 0 || !isThere ? null : (labels.get(row.value) ?? String(row.value)), op: 'set' })
  }
  for (const row of numbers) {
    const value = row.num === null ? (row.at_ms === null ? null : Number(row.at_ms)) : parseDecimal(row.num)
    add(row, { value, op: 'set' })
  }
  return found
}

interface HistoryRow {
  readonly tag_id: number
  readonly profile_id: number
  readonly second: string | number
  readonly run_id: string
}
interface ChangeRow extends HistoryRow {
  readonly value: number
  readonly present: number
}
interface NumberRow extends HistoryRow {
  readonly num: string | null
  readonly at_ms: string | null
}
interface History {
  readonly key: string
  readonly family: 'exclusive' | 'multi' | 'presence'
  /** Code -> its text. */
  readonly labels: ReadonlyMap<number, string>
}

function historiesOf({ catalog }: FactSource, published: ReadonlySet<string>): Map<number, History> {
  const histories = new Map<number, History>()
  for (const key of published) {
    const [kind, id] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]
    if (kind === 'list') {
      const list = catalog.lists.get(id)
      if (list !== undefined) histories.set(list.number, { key, family: 'presence', labels: new Map() })
      continue
    }
    const entry = catalog.definitions.get(id)
    if (entry === undefined) continue
    const labels = new Map([...entry.codes].map(([text, code]) => [code, text]))
    const isMulti = entry.body.kind === 'tag' && entry.body.family === 'multi'
    histories.set(entry.number, {
      key,
      family: kind === 'segment' ? 'presence' : isMulti ? 'multi' : 'exclusive',
      labels,
    })
  }
  return histories
}
