import type { Tx } from '../../store/postgres.js'
import type { PassCost, ValueCounts, ValueType } from './run-records.js'

/** What is published of one number: the run whose bitmaps are current, and for which moment. */
export interface TagHead {
  readonly number: number
  readonly baseRun: string
  readonly version: number
  /** ms */
  readonly asOf: number
  /** ms */
  readonly publishedAt: number
  readonly clock: string
  readonly valueType: ValueType
  readonly counts: ValueCounts
  readonly cost: PassCost | null
}

/** All heads by number, in one statement: a reader that keeps them sees one moment, however long it reads. */
export async function readHeads(tx: Tx, workspaceId: number): Promise<Map<number, TagHead>> {
  const { rows } = await tx.query<{
    number: number
    base_run: string
    version: number
    as_of: Date
    published_at: Date
    clock: string
    value_type: ValueType
    counts: ValueCounts
    cost: PassCost | null
  }>(
    `select h.number, h.base_run, h.version, h.as_of, h.published_at, h.clock, h.value_type, h.counts, r.cost
     from tag_head h left join tag_run r on r.run_id = h.base_run and r.workspace_id = h.workspace_id
     where h.workspace_id = $1`,
    [workspaceId],
  )
  return new Map(
    rows.map((row) => [
      row.number,
      {
        number: row.number,
        baseRun: row.base_run,
        version: row.version,
        asOf: row.as_of.getTime(),
        publishedAt: row.published_at.getTime(),
        clock: row.clock,
        valueType: row.value_type,
        counts: row.counts,
        cost: row.cost,
      },
    ]),
  )
}
