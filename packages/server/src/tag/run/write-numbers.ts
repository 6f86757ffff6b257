import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { ValueCounts } from './run-records.js'
import { countBitmaps } from './write-codes.js'

export interface NumbersWrite {
  readonly table: string
  /** Column of the staging table: Nullable(Int128) scaled by 10^8, or a nullable DateTime64(3). */
  readonly column: string
  readonly valueType: 'number' | 'date'
  readonly number: number
  readonly runId: string
  readonly asOf: number
  readonly population: number
  readonly unpublishedRuns: readonly string[]
}

/**
 * Appends the numbers or dates that differ from the published ones; both null = blank from this run on. A bitmap with
 * code 1 holds everybody who has a value, so that subtree counts and `known` need no look at the numbers.
 */
export async function writeNumbers(clickhouse: WorkspaceClickHouse, write: NumbersWrite): Promise<ValueCounts> {
  const num =
    write.valueType === 'number'
      ? `toDecimal128(assumeNotNull(${write.column}), 0) * toDecimal128('0.00000001', 8)`
      : null
  const fresh =
    num === null
      ? `CAST(NULL, 'Nullable(Decimal(38, 8))') AS num, CAST(${write.column}, 'Nullable(DateTime64(3, \\'UTC\\'))') AS at`
      : `if(isNull(${write.column}), NULL, ${num}) AS num, CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))') AS at`
  await clickhouse.command(
    `INSERT INTO tag_numbers (tag_id, profile_id, run_id, as_of, num, at)
     SELECT {tag:UInt32}, if(fresh.profile_id = 0, former.profile_id, fresh.profile_id), {run:UInt64},
       fromUnixTimestamp64Milli({asOf:Int64}, 'UTC'), fresh.num, fresh.at
     FROM (SELECT profile_id, ${fresh} FROM ${write.table}) AS fresh
     FULL OUTER JOIN (
       SELECT profile_id, tupleElement(latest, 1) AS former_num, tupleElement(latest, 2) AS former_at FROM (
         SELECT profile_id, argMax(tuple(num, at), run_id) AS latest FROM tag_numbers
         WHERE tag_id = {tag:UInt32} AND run_id NOT IN {unpublished:Array(UInt64)} GROUP BY profile_id)
     ) AS former ON fresh.profile_id = former.profile_id
     WHERE (fresh.num IS DISTINCT FROM former.former_num) OR (fresh.at IS DISTINCT FROM former.former_at)`,
    {
      params: { tag: write.number, run: write.runId, asOf: write.asOf, unpublished: write.unpublishedRuns.map(Number) },
    },
  )
  await clickhouse.command(
    `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
     SELECT {tag:UInt32}, 1, toUInt16(bitShiftRight(profile_id, 18)) AS s, {run:UInt64}, groupBitmapState(profile_id)
     FROM ${write.table} WHERE isNotNull(${write.column}) GROUP BY s`,
    { params: { tag: write.number, run: write.runId } },
  )
  const counted = await countBitmaps(clickhouse, write.number, write.runId, write.population)
  return { ...counted, values: {} }
}
