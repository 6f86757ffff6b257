import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { PublishedMoment } from './published-moment.js'
import { type HistoryPart, type HistoryStatement, valuesAt } from './values-at.js'

/** What is published of two moments (ms) of one tag, segment or list; null = nothing was published yet. */
export interface MigrationRequest extends HistoryPart {
  readonly from: { readonly moment: number; readonly published: PublishedMoment | null }
  readonly to: { readonly moment: number; readonly published: PublishedMoment | null }
}

/** People by what they had then and have later. 0 = no value, or not there. */
export interface MigrationCell {
  readonly from: number
  readonly to: number
  readonly people: number
}

/**
 * The people per value then and value later. Where a subject may have several values, each value is counted by itself:
 * kept (from = to), lost (to 0) or gained (from 0).
 */
export async function readMigration(
  clickhouse: WorkspaceClickHouse,
  request: MigrationRequest,
): Promise<MigrationCell[]> {
  const { sql, params } = pairs(request)
  const rows = await clickhouse.query<{ a: number; b: number; people: string }>(
    `SELECT a, b, toString(count()) AS people FROM (${sql}) GROUP BY a, b ORDER BY a, b`,
    { params },
  )
  return rows.map((row) => ({ from: row.a, to: row.b, people: Number(row.people) }))
}

/** The people of one cell, as `profile_id`. */
export function cellStatement(request: MigrationRequest, cell: Pick<MigrationCell, 'from' | 'to'>): HistoryStatement {
  const { sql, params } = pairs(request)
  return {
    sql: `SELECT profile_id FROM (${sql}) WHERE a = {cellFrom:UInt32} AND b = {cellTo:UInt32}`,
    params: { ...params, cellFrom: cell.from, cellTo: cell.to },
  }
}

/** Whether subjects may have several values at one of the moments. */
export function isMulti({ from, to }: MigrationRequest): boolean {
  return from.published?.multi === true || to.published?.multi === true
}

/** `profile_id, a, b`: one row per profile with a value at either moment, or per profile and value. */
function pairs(request: MigrationRequest): HistoryStatement {
  const [then, later] = [side(request, 'from'), side(request, 'to')]
  const both = `SELECT profile_id, value, 1 AS was, 0 AS is_now FROM (${then.sql})
    UNION ALL SELECT profile_id, value, 0 AS was, 1 AS is_now FROM (${later.sql})`
  const params = { ...then.params, ...later.params }
  const sql = isMulti(request)
    ? `SELECT profile_id, toUInt32(value * max(was)) AS a, toUInt32(value * max(is_now)) AS b FROM (${both})
       GROUP BY profile_id, value`
    : `SELECT profile_id, toUInt32(sum(value * was)) AS a, toUInt32(sum(value * is_now)) AS b FROM (${both})
       GROUP BY profile_id`
  return { sql, params }
}

function side(request: MigrationRequest, which: 'from' | 'to'): HistoryStatement {
  const { moment, published } = request[which]
  // Without a run there is nothing to be seen at that moment; its statement then has no rows.
  return valuesAt(request, published ?? { valueType: 'codes', multi: false }, moment, which)
}
