import type pg from 'pg'
import { inWorkspace } from './postgres.js'

/** Facts that are acknowledged but not yet applied: what readers do not see yet. 0 when nothing waits. */
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
