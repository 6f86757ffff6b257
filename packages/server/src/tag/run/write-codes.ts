import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { RUN_COMMENT } from './clean-runs.js'
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
  readonly population: number
}

/** Settings of every statement of a run that writes. */
export const runSettings = { log_comment: RUN_COMMENT }

/** Writes the bitmaps of a run from its staging table and answers people per code. */
export async function writeBitmaps(clickhouse: WorkspaceClickHouse, write: CodesWrite): Promise<ValueCounts> {
  const value = write.multi ? `arrayJoin(${write.expression})` : write.expression
  await clickhouse.command(
    `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
     SELECT {tag:UInt32}, v, s, {run:UInt64}, groupBitmapState(profile_id)
     FROM (SELECT profile_id, toUInt16(bitShiftRight(profile_id, 18)) AS s, ${value} AS v FROM ${write.table})
     WHERE v != 0 GROUP BY v, s`,
    { params: { ...write.params, tag: write.number, run: write.runId }, settings: runSettings },
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
  const ofRun = 'FROM tag_bitmaps WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64}'
  // No bitmap has the value 0, so it stands for any value.
  const rows = await clickhouse.query<{ value: number; people: string }>(
    `SELECT value, toString(sum(cardinality)) AS people FROM (
       SELECT value, slice, groupBitmapMerge(users) AS cardinality ${ofRun} GROUP BY value, slice
       UNION ALL SELECT toUInt32(0) AS value, slice, groupBitmapMerge(users) AS cardinality ${ofRun} GROUP BY slice)
     GROUP BY value ORDER BY value`,
    { params: { tag: number, run: runId } },
  )
  const values = rows.filter((row) => row.value !== 0)
  return {
    values: Object.fromEntries(values.map((row) => [String(row.value), Number(row.people)])),
    known: Number(rows.find((row) => row.value === 0)?.people ?? 0),
    population,
  }
}
