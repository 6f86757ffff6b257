import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { ValueCounts } from './run-records.js'

/** Where one tag's values of a pass stand and under which run they are written. */
export interface CodesWrite {
  /** Staging table of the pass. */
  readonly table: string
  /** ClickHouse expression over the staging row: UInt32 code, 0 blank; or Array(UInt32) when multi. */
  readonly expression: string
  readonly params: Readonly<Record<string, unknown>>
  readonly multi: boolean
  readonly number: number
  readonly runId: string
  /** Run whose bitmaps are current; null on the first run. */
  readonly baseRun: string | null
  readonly asOf: number
  readonly population: number
}

/** Writes the bitmaps of a run from its staging table and answers people per code. */
export async function writeBitmaps(clickhouse: WorkspaceClickHouse, write: CodesWrite): Promise<ValueCounts> {
  const value = write.multi ? `arrayJoin(${write.expression})` : write.expression
  await clickhouse.command(
    `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
     SELECT {tag:UInt32}, v, s, {run:UInt64}, groupBitmapState(profile_id)
     FROM (SELECT profile_id, toUInt16(bitShiftRight(profile_id, 18)) AS s, ${value} AS v FROM ${write.table})
     WHERE v != 0 GROUP BY v, s`,
    { params: { ...write.params, tag: write.number, run: write.runId } },
  )
  return countBitmaps(clickhouse, write.number, write.runId, write.population)
}

/** People per code of a run, and people with any code. */
export async function countBitmaps(
  clickhouse: WorkspaceClickHouse,
  number: number,
  runId: string,
  population: number,
): Promise<ValueCounts> {
  const rows = await clickhouse.query<{ value: number; people: string }>(
    `SELECT value, toString(sum(cardinality)) AS people FROM (
       SELECT value, slice, groupBitmapMerge(users) AS cardinality FROM tag_bitmaps
       WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64} GROUP BY value, slice) GROUP BY value ORDER BY value`,
    { params: { tag: number, run: runId } },
  )
  const known = await clickhouse.query<{ people: string }>(
    `SELECT toString(sum(cardinality)) AS people FROM (
       SELECT slice, groupBitmapMerge(users) AS cardinality FROM tag_bitmaps
       WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64} GROUP BY slice)`,
    { params: { tag: number, run: runId } },
  )
  return {
    values: Object.fromEntries(rows.map((row) => [String(row.value), Number(row.people)])),
    known: Number(known[0]?.people ?? 0),
    population,
  }
}

/**
 * Appends what changed between the base run and this one to the history: the difference of the two runs' bitmaps.
 * An exclusive tag gets one row with the new value (0 = now blank); a multi tag one row per value gained or lost.
 */
export async function appendCodeChanges(
  clickhouse: WorkspaceClickHouse,
  write: Pick<CodesWrite, 'number' | 'runId' | 'baseRun' | 'multi' | 'asOf'>,
): Promise<void> {
  // Numbers, because the client quotes strings inside arrays; run ids stay far below 2^53.
  const runs = (write.baseRun === null ? [write.runId] : [write.runId, write.baseRun]).map(Number)
  const sets = `groupBitmapMergeStateIf(users, run_id = {run:UInt64}) AS now,
    groupBitmapMergeStateIf(users, run_id = {base:UInt64}) AS before`
  const source = `FROM tag_bitmaps WHERE tag_id = {tag:UInt32} AND run_id IN {runs:Array(UInt64)}`
  const gained = `SELECT value, toUInt8(1) AS present, arrayJoin(bitmapToArray(bitmapAndnot(now, before))) AS profile_id
    FROM (SELECT value, slice, ${sets} ${source} GROUP BY value, slice)`
  const lost = write.multi
    ? `SELECT value, toUInt8(0) AS present, arrayJoin(bitmapToArray(bitmapAndnot(before, now))) AS profile_id
       FROM (SELECT value, slice, ${sets} ${source} GROUP BY value, slice)`
    : `SELECT toUInt32(0) AS value, toUInt8(1) AS present, arrayJoin(bitmapToArray(bitmapAndnot(before, now))) AS profile_id
       FROM (SELECT slice, ${sets} ${source} GROUP BY slice)`
  await clickhouse.command(
    `INSERT INTO tag_changes (tag_id, profile_id, run_id, as_of, value, present)
     SELECT {tag:UInt32}, profile_id, {run:UInt64}, fromUnixTimestamp64Milli({asOf:Int64}, 'UTC'), value, present
     FROM (${gained} UNION ALL ${lost})`,
    { params: { tag: write.number, run: write.runId, base: write.baseRun ?? '0', runs, asOf: write.asOf } },
  )
}
