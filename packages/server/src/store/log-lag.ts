import type pg from 'pg'
import { inWorkspace } from './postgres.js'

/**
 * Facts that are acknowledged but not yet planned into a batch; 0 when none waits. Those of batches that are planned but
 * not stored yet are not counted, so at 0 the newest facts may be readable only a moment later: whoever must see them
 * waits with the applier's `whenStored`.
 */
export async function readLogLag(pool: pg.Pool, workspaceId: number): Promise<number> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ waiting: string }>(
      `select l.n - coalesce(a.applied_n, 0) as waiting from log_head l
       left join applier_head a on a.workspace_id = l.workspace_id where l.workspace_id = $1`,
      [workspaceId],
    )
    return Number(rows[0]?.waiting ?? 0)
  })
}
