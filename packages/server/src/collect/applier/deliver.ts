import type pg from 'pg'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import { STORED_CHANNEL } from '../log-format.js'
import type { PackedBody } from './batch-store.js'

/** A planned batch on its way to ClickHouse. */
export interface PlannedBatch {
  readonly batchNo: number
  readonly logTo: string
  /** The map of changed nodes must be read again. */
  readonly reload: boolean
  readonly bodies: readonly PackedBody[]
}

/**
 * Sends the bodies of a batch and marks it stored. May be repeated any number of times: a token stands for exactly these
 * bytes, so what is there already is not added again.
 */
export async function deliverBatch(
  worker: pg.Pool,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
  batch: PlannedBatch,
): Promise<void> {
  await Promise.all(
    batch.bodies.map(({ target, columns, body }) =>
      clickhouse.insert(target, body, { token: `${batch.batchNo}:${target}`, columns, gzip: true }),
    ),
  )
  if (batch.reload) await clickhouse.command(`SYSTEM RELOAD DICTIONARY ${clickhouse.database}.override`)
  await inWorkspace(worker, workspaceId, async (tx) => {
    const { rowCount } = await tx.query({
      name: 'batch-stored',
      text: `update batch set state = 'stored', stored_at = now()
             where workspace_id = $1 and batch_no = $2 and state = 'planned'`,
      values: [workspaceId, batch.batchNo],
    })
    if (rowCount === 0) return
    await tx.query({
      name: 'body-delete',
      text: 'delete from batch_body where workspace_id = $1 and batch_no = $2',
      values: [workspaceId, batch.batchNo],
    })
    await tx.query({
      name: 'head-stored',
      text: `with head as (
               update stored_head set batch_no = greatest(batch_no, $2), log_to = greatest(log_to, $3)
               where workspace_id = $1 returning 1)
             select pg_notify($4, $5) from head`,
      values: [
        workspaceId,
        batch.batchNo,
        batch.logTo,
        STORED_CHANNEL,
        `${workspaceId}:${batch.batchNo}:${batch.logTo}`,
      ],
    })
  })
}
