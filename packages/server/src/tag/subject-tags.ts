import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { Text } from '@tagtree/core/language/document'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import type { TagHead } from './run/heads.js'

export interface SubjectTag {
  readonly id: string
  readonly name: Text
  /** Values now, with the moment (ms) of the run that gave each; of a number or a date its one text. */
  readonly values: readonly { readonly code: string; readonly since: number }[]
  /** ms */
  readonly asOf: number
}

export interface SubjectTagScope {
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  readonly heads: ReadonlyMap<number, TagHead>
  readonly unpublishedRuns: readonly string[]
}

/** Published tags of one profile that have a value, in the order of their numbers. */
export async function readSubjectTags(scope: SubjectTagScope, profileId: number): Promise<SubjectTag[]> {
  const tags = [...scope.catalog.definitions.values()].flatMap((entry) => {
    const head = scope.heads.get(entry.number)
    return entry.kind === 'tag' && !entry.archived && head ? [{ entry, head }] : []
  })
  const params = {
    profile: profileId,
    tags: tags.map(({ entry }) => entry.number),
    runs: tags.map(({ head }) => Number(head.baseRun)),
    // Of each tag the history counts up to the moment that is published; a later run may know of later ones.
    moments: tags.map(({ head }) => Math.floor(head.asOf / 1000)),
    unpublished: scope.unpublishedRuns.map(Number),
  }
  const [codes, numbers] = await Promise.all([
    scope.clickhouse.query<CodeRow>(codesSql, { params }),
    scope.clickhouse.query<NumberRow>(numbersSql, { params }),
  ])
  return tags.flatMap(({ entry, head }) => {
    const own = codes.filter((row) => row.tag_id === entry.number)
    const number = numbers.find((row) => row.tag_id === entry.number)
    const values =
      head.valueType === 'codes'
        ? own.map(({ value, since }) => ({ code: labelOf(entry.codes, value), since: sinceOf(since, head) }))
        : number === undefined
          ? []
          : [{ code: textOf(number), since: sinceOf(number.since, head) }]
    return values.length === 0 ? [] : [{ id: entry.id, name: entry.body.name, values, asOf: head.asOf }]
  })
}

interface CodeRow {
  readonly tag_id: number
  readonly value: number
  /** Seconds; 0 = the history says nothing. */
  readonly since: string
}
interface NumberRow {
  readonly tag_id: number
  readonly num: string | null
  /** ms */
  readonly at: string | null
  readonly since: string
}

const historyOfProfile = `tag_id IN {tags:Array(UInt32)} AND profile_id = {profile:UInt32}
  AND run_id NOT IN {unpublished:Array(UInt64)}
  AND toUnixTimestamp(as_of) <= transform(tag_id, {tags:Array(UInt32)}, {moments:Array(Int64)}, toInt64(0))`

/** What holds is told by the bitmaps, as for every list of people; since when, by the history. */
const codesSql = `SELECT held.tag_id AS tag_id, held.value AS value, toString(history.since) AS since FROM (
    SELECT DISTINCT tag_id, value FROM tag_bitmaps
    WHERE tag_id IN {tags:Array(UInt32)} AND run_id IN {runs:Array(UInt64)}
      AND slice = toUInt16(bitShiftRight({profile:UInt32}, 18)) AND bitmapContains(users, {profile:UInt32})) AS held
  LEFT JOIN (
    SELECT tag_id, value, toUnixTimestamp(max(as_of)) AS since FROM tag_changes
    WHERE ${historyOfProfile} AND present = 1 GROUP BY tag_id, value) AS history
  ON held.tag_id = history.tag_id AND held.value = history.value ORDER BY tag_id, value`

const numbersSql = `SELECT tag_id, toString(tupleElement(latest, 1)) AS num,
    toString(toUnixTimestamp64Milli(tupleElement(latest, 2))) AS at, toString(since) AS since FROM (
    SELECT tag_id, argMax(tuple(num, at), (as_of, run_id)) AS latest, toUnixTimestamp(max(as_of)) AS since
    FROM tag_numbers WHERE ${historyOfProfile} GROUP BY tag_id)
  WHERE isNotNull(tupleElement(latest, 1)) OR isNotNull(tupleElement(latest, 2))`

function sinceOf(seconds: string, head: TagHead): number {
  return seconds === '0' ? head.asOf : Number(seconds) * 1000
}

function textOf({ num, at }: NumberRow): string {
  return num ?? new Date(Number(at)).toISOString()
}

function labelOf(codes: ReadonlyMap<string, number>, value: number): string {
  for (const [label, code] of codes) if (code === value) return label
  return String(value)
}
