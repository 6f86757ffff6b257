import type pg from 'pg'
import { bumpCatalogVersion, type Names, readNames } from './names.js'
import { inWorkspace, type Tx } from './postgres.js'

/** Changes names of a workspace in one transaction; nobody else changes them meanwhile, and every snapshot becomes old. */
export function changeNames<T>(
  pool: pg.Pool,
  workspaceId: number,
  work: (tx: Tx, names: Names) => Promise<T>,
): Promise<T> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    await tx.query('select pg_advisory_xact_lock(7412, $1)', [workspaceId])
    const result = await work(tx, await readNames(tx, workspaceId))
    await bumpCatalogVersion(tx, workspaceId)
    return result
  })
}
