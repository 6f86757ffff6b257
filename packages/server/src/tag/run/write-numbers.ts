import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { countHistory } from '../history/count-history.js'
import type { ValueCounts } from './run-records.js'
import { countBitmaps, runSettings } from './write-codes.js'
import { type HistoryPlace, historyUntil, paramsOf } from './write-history.js'

export interface NumbersWrite {
  readonly table: string
  /** Column of the staging table: Nullable(Int128) scaled by 10^8, or a nullable DateTime64(3). */
  readonly column: string
  readonly valueType: 'number' | 'date'
  readonly population: number
  readonly place: HistoryPlace
}

/**
 * Appends the numbers or dates that differ from the history at the run's moment; both null = blank from then on. A bitmap
 * with code 1 holds everybody who has a value, so that subtree counts and `known` need no look at the numbers.
 */
export async function writeNumbers(clickhouse: WorkspaceClickHouse, write: NumbersWrite): Promise<ValueCounts> {
  const { place, table, column } = write
  const options = { params: paramsOf(place), settings: runSettings }
  await clickhouse.command(
    `INSERT INTO tag_numbers (tag_id, profile_id, run_id, as_of, num, at)
     SELECT {tag:UInt32}, if(fresh.profile_id = 0, former.profile_id, fresh.profile_id), {run:UInt64},
       toDateTime({asOf:Int64}, 'UTC'), fresh.num, fresh.at
     FROM (SELECT profile_id, ${freshColumns(write)} FROM ${table}) AS fresh
     FULL OUTER JOIN (${formerNumbers('asOf', place)}) AS former ON fresh.profile_id = former.profile_id
     WHERE (fresh.num IS DISTINCT FROM former.former_num) OR (fresh.at IS DISTINCT FROM former.former_at)`,
    options,
  )
  if (place.next !== null) {
    const changed = 'SELECT profile_id FROM tag_numbers WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64}'
    await clickhouse.command(
      `INSERT INTO tag_numbers (tag_id, profile_id, run_id, as_of, num, at)
       SELECT {tag:UInt32}, changed.profile_id, {run:UInt64}, toDateTime({next:Int64}, 'UTC'), former.former_num, former.former_at
       FROM (${changed}) AS changed
       LEFT JOIN (SELECT * FROM (${formerNumbers('next', place)}) WHERE profile_id IN (${changed})) AS former
         ON changed.profile_id = former.profile_id`,
      options,
    )
  }
  await clickhouse.command(
    `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
     SELECT {tag:UInt32}, 1, toUInt16(bitShiftRight(profile_id, 18)) AS s, {run:UInt64}, groupBitmapState(profile_id)
     FROM ${table} WHERE isNotNull(${column}) GROUP BY s`,
    options,
  )
  const counted =
    place.only === undefined
      ? await countBitmaps(clickhouse, place.number, place.runId, write.population)
      : await countHistory(clickhouse, place, { valueType: write.valueType, multi: false }, write.population)
  return { ...counted, values: {} }
}

function freshColumns({ valueType, column }: NumbersWrite): string {
  const noNumber = `CAST(NULL, 'Nullable(Decimal(38, 8))') AS num`
  if (valueType === 'date') return `${noNumber}, CAST(${column}, 'Nullable(DateTime64(3, \\'UTC\\'))') AS at`
  const number = `toDecimal128(assumeNotNull(${column}), 0) * toDecimal128('0.00000001', 8)`
  return `if(isNull(${column}), NULL, ${number}) AS num, CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))') AS at`
}

function formerNumbers(moment: 'asOf' | 'next', place: HistoryPlace): string {
  return `SELECT profile_id, tupleElement(latest, 1) AS former_num, tupleElement(latest, 2) AS former_at FROM (
    SELECT profile_id, argMax(tuple(num, at), (as_of, run_id)) AS latest ${historyUntil('tag_numbers', moment, place)}
    GROUP BY profile_id)`
}
