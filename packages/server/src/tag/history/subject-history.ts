import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { Tx } from '../../store/postgres.js'

/** What one profile had from a moment on. */
export interface SubjectChange {
  /** ms; the history knows whole seconds. */
  readonly at: number
  readonly runId: string
  /** Codes; empty = no value. */
  readonly codes: readonly number[]
  /** The one text of a number or a date (ISO); null of codes and without a value. */
  readonly text: string | null
}

export interface SubjectHistoryRequest {
  readonly profileId: number
  /** Numbers of tags, segments and lists. */
  readonly numbers: readonly number[]
  /** ms; changes after it do not count. */
  readonly until: number
  readonly hidden: readonly string[]
}

interface Change {
  readonly tag_id: number
  readonly run_id: string
  /** Seconds. */
  readonly at: number
  readonly value: number
  readonly present: number
  readonly text: string | null
  readonly is_code: number
}

/**
 * The published history of one profile, per number in the order of time: each moment at which what it had became another.
 * Only the changes of runs are read, by the key of their tables.
 */
export async function readSubjectHistory(
  clickhouse: WorkspaceClickHouse,
  tx: Tx,
  workspaceId: number,
  request: SubjectHistoryRequest,
): Promise<ReadonlyMap<number, SubjectChange[]>> {
  const changes = await readChanges(clickhouse, request)
  const multi = await multiRuns(tx, workspaceId, [...new Set(changes.map((change) => change.run_id))])
  const history = new Map<number, SubjectChange[]>()
  for (const number of request.numbers) {
    const own = changes.filter((change) => change.tag_id === number)
    if (own.length > 0) history.set(number, replay(own, multi))
  }
  return history
}

async function readChanges(
  clickhouse: WorkspaceClickHouse,
  { profileId, numbers, until, hidden }: SubjectHistoryRequest,
): Promise<Change[]> {
  const where = `tag_id IN {tags:Array(UInt32)} AND profile_id = {profile:UInt32}
    AND as_of <= toDateTime({until:Int64}, 'UTC') AND run_id NOT IN {hidden:Array(UInt64)}`
  return clickhouse.query<Change>(
    `SELECT tag_id, toString(run) AS run_id, toUnixTimestamp(moment) AS at, value, present, text, is_code FROM (
       SELECT tag_id, run_id AS run, as_of AS moment, value, present, CAST(NULL, 'Nullable(String)') AS text, 1 AS is_code
       FROM tag_changes WHERE ${where}
       UNION ALL
       SELECT tag_id, run_id AS run, as_of AS moment, toUInt32(0) AS value, toUInt8(1) AS present,
         if(isNull(num), concat('@', toString(toUnixTimestamp64Milli(at))), toString(num)) AS text, 0 AS is_code
       FROM tag_numbers WHERE ${where})
     ORDER BY tag_id, moment, run, value`,
    {
      params: {
        tags: numbers,
        profile: profileId,
        until: Math.floor(until / 1000),
        hidden: hidden.map(Number),
      },
    },
  )
}

/** Which runs are of a tag that gives several values at once. */
async function multiRuns(tx: Tx, workspaceId: number, runs: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ run_id: string }>(
    `select r.run_id from tag_run r
     where r.workspace_id = $1 and r.run_id = any($2::bigint[])
       and coalesce(r.multi, (select v.body->>'family' = 'multi' from definition_version v
         where v.workspace_id = $1 and v.id = r.definition_id and v.version = r.version), false)`,
    [workspaceId, runs],
  )
  return new Set(rows.map((row) => row.run_id))
}

/** Rows in the order of (as_of, run_id) as moments at which what held became another. */
function replay(rows: readonly Change[], multi: ReadonlySet<string>): SubjectChange[] {
  const found: SubjectChange[] = []
  let state: Pick<SubjectChange, 'codes' | 'text'> = { codes: [], text: null }
  for (const [index, row] of rows.entries()) {
    state = next(state, row, multi.has(row.run_id))
    // The last row of a second tells what held from it on.
    if (rows[index + 1]?.at === row.at) continue
    const before = found.at(-1) ?? { codes: [], text: null }
    if (before.text === state.text && String(before.codes) === String(state.codes)) continue
    found.push({ at: row.at * 1000, runId: row.run_id, ...state })
  }
  return found
}

function next(
  { codes }: Pick<SubjectChange, 'codes'>,
  row: Change,
  isMulti: boolean,
): Pick<SubjectChange, 'codes' | 'text'> {
  if (row.is_code === 0) return { codes: [], text: row.text === null ? null : textOf(row.text) }
  if (!isMulti) return { codes: row.value === 0 ? [] : [row.value], text: null }
  const others = codes.filter((code) => code !== row.value)
  return { codes: row.present === 1 ? [...others, row.value].sort((a, b) => a - b) : others, text: null }
}

/** A date is `@` and its ms. */
function textOf(text: string): string {
  return text.startsWith('@') ? new Date(Number(text.slice(1))).toISOString() : text
}
