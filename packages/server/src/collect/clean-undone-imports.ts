import type pg from 'pg'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import { inWorkspace } from '../store/postgres.js'
import { dropStaged } from './import/stage-lines.js'

/** Tables whose rows carry the import they came by. */
const TABLES = [
  'events',
  'events_superseded',
  'relations',
  'attribute_changes',
  'items',
  'nodes',
  'identities',
] as const

/**
 * Deletes the rows of undone imports for good, all imports together, and takes them off the list that readers exclude.
 * Maintenance: it touches every part of the tables and belongs into the night. Repeatable. Answers the imports cleaned.
 */
export async function cleanUndoneImports(
  pool: pg.Pool,
  clickhouse: WorkspaceClickHouse,
  workspaceId: number,
): Promise<number[]> {
  const imports = await inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ import_id: number }>(
      `select e.import_id from import_excluded e join stored_head h on h.workspace_id = e.workspace_id
       where e.workspace_id = $1 and e.cleaned_at is null and e.finished_batch <= h.batch_no order by e.import_id`,
      [workspaceId],
    )
    return rows.map((row) => row.import_id)
  })
  if (imports.length === 0) return imports
  for (const table of TABLES) {
    await clickhouse.command(`DELETE FROM ${table} WHERE import_id IN {imports:Array(UInt32)}`, {
      params: { imports },
      settings: { lightweight_deletes_sync: '2', max_execution_time: 0 },
    })
  }
  // Of those that were canceled while their lines lay aside.
  for (const importId of imports) await dropStaged(clickhouse, importId)
  // Readers that began before still exclude them: there is nothing left to be excluded, so both see the same.
  await inWorkspace(pool, workspaceId, (tx) =>
    tx.query('update import_excluded set cleaned_at = now() where workspace_id = $1 and import_id = any($2::int[])', [
      workspaceId,
      imports,
    ]),
  )
  return imports
}
