import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { ValueCounts } from '../run/run-records.js'
import type { HistoryPlace } from '../run/write-history.js'
import type { PublishedMoment } from './published-moment.js'
import { valuesAt } from './values-at.js'

/** People per code at a run's moment as the history tells with what the run, still hidden from readers, has added. */
export async function countHistory(
  clickhouse: WorkspaceClickHouse,
  place: HistoryPlace,
  shape: Pick<PublishedMoment, 'valueType' | 'multi'>,
  population: number,
): Promise<ValueCounts> {
  const hidden = place.hidden.filter((run) => run !== place.runId)
  const { sql, params } = valuesAt({ number: place.number, hidden }, shape, place.asOf, 'at')
  const rows = await clickhouse.query<{ value: number; people: string }>(
    `SELECT code AS value, toString(uniqExact(profile_id)) AS people FROM (
       SELECT profile_id, arrayJoin([value, toUInt32(0)]) AS code FROM (${sql})) GROUP BY code ORDER BY code`,
    { params },
  )
  const values = shape.valueType === 'codes' ? rows.filter((row) => row.value !== 0) : []
  return {
    values: Object.fromEntries(values.map((row) => [String(row.value), Number(row.people)])),
    // No value has the code 0, so it stands for any.
    known: Number(rows.find((row) => row.value === 0)?.people ?? 0),
    population,
  }
}
