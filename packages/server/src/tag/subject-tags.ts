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
  const tags = [...scope.catalog.definitions.values()].filter(
    (entry) => entry.kind === 'tag' && !entry.archived && scope.heads.has(entry.number),
  )
  const params = {
    profile: profileId,
    tags: tags.map((entry) => entry.number),
    unpublished: scope.unpublishedRuns.map(Number),
  }
  const [codes, numbers] = await Promise.all([
    scope.clickhouse.query<{ tag_id: number; value: number; present: number; run: string; since: string }>(
      `SELECT tag_id, value, argMax(present, run_id) AS present, toString(max(run_id)) AS run,
         toString(toUnixTimestamp(argMax(as_of, run_id))) AS since
       FROM tag_changes WHERE tag_id IN {tags:Array(UInt32)} AND profile_id = {profile:UInt32}
         AND run_id NOT IN {unpublished:Array(UInt64)} GROUP BY tag_id, value`,
      { params },
    ),
    scope.clickhouse.query<{ tag_id: number; text: string | null; since: string }>(
      `SELECT tag_id, toString(toUnixTimestamp(argMax(as_of, run_id))) AS since,
         tupleElement(argMax(tuple(coalesce(toString(num), toString(at))), run_id), 1) AS text
       FROM tag_numbers WHERE tag_id IN {tags:Array(UInt32)} AND profile_id = {profile:UInt32}
         AND run_id NOT IN {unpublished:Array(UInt64)} GROUP BY tag_id`,
      { params },
    ),
  ])
  return tags.flatMap((entry) => {
    const head = scope.heads.get(entry.number)!
    const values =
      head.valueType === 'codes'
        ? currentCodes(
            codes.filter((row) => row.tag_id === entry.number),
            entry.body.kind === 'tag' && entry.body.family === 'multi',
          ).map((row) => ({ code: labelOf(entry.codes, row.value), since: Number(row.since) * 1000 }))
        : numbers
            .filter((row) => row.tag_id === entry.number && row.text !== null)
            .map((row) => ({ code: row.text!, since: Number(row.since) * 1000 }))
    return values.length === 0 ? [] : [{ id: entry.id, name: entry.body.name, values, asOf: head.asOf }]
  })
}

/** Rows of the values that hold: of a multi tag those present last, of an exclusive one the newest; 0 is blank. */
function currentCodes<Row extends { value: number; present: number; run: string }>(
  rows: readonly Row[],
  multi: boolean,
): Row[] {
  if (multi) return rows.filter((row) => row.present === 1 && row.value !== 0)
  const newest = [...rows].sort((left, right) => Number(right.run) - Number(left.run))[0]
  return newest === undefined || newest.value === 0 ? [] : [newest]
}

function labelOf(codes: ReadonlyMap<string, number>, value: number): string {
  for (const [label, code] of codes) if (code === value) return label
  return String(value)
}
