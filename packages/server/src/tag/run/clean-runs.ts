import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { Tx } from '../../store/postgres.js'

/** Readers pin a published run for at most this long, so an older one may go. */
const keepMinutes = 10

interface Leftovers {
  /** Runs that ended without being published: every row of theirs goes. */
  readonly unpublished: readonly string[]
  /** Published runs that are no longer current: only their bitmaps go. */
  readonly replaced: readonly string[]
}

/** Marks runs as aborted that were running when the last process died. Call once before the first pass. */
export async function abortOrphanRuns(tx: Tx, workspaceId: number): Promise<number> {
  const { rowCount } = await tx.query(
    `update tag_run set state = 'aborted', finished_at = now(),
       error = '{"code": "INTERRUPTED", "message": "the server stopped during the run"}'
     where workspace_id = $1 and state = 'running'`,
    [workspaceId],
  )
  return rowCount ?? 0
}

/** What can be removed now; nothing for most calls. */
export async function findLeftovers(tx: Tx, workspaceId: number): Promise<Leftovers> {
  const { rows } = await tx.query<{ run_id: string; published: boolean }>(
    `select r.run_id, r.state = 'published' as published from tag_run r
     left join tag_head h on h.workspace_id = r.workspace_id and h.number = r.number
     where r.workspace_id = $1 and (r.state in ('failed', 'aborted', 'superseded')
       or (r.state = 'published' and not r.bitmaps_dropped and r.run_id <> h.base_run
           and r.finished_at < now() - make_interval(mins => $2)))
     limit 1000`,
    [workspaceId, keepMinutes],
  )
  return {
    unpublished: rows.filter((row) => !row.published).map((row) => row.run_id),
    replaced: rows.filter((row) => row.published).map((row) => row.run_id),
  }
}

/** Deletes their rows in ClickHouse; afterwards `markCleaned` may forget them. Repeating it is harmless. */
export async function deleteLeftovers(clickhouse: WorkspaceClickHouse, leftovers: Leftovers): Promise<void> {
  const all = [...leftovers.unpublished, ...leftovers.replaced]
  if (all.length > 0) {
    await clickhouse.command(`DELETE FROM tag_bitmaps WHERE run_id IN {runs:Array(UInt64)}`, {
      params: { runs: all.map(Number) },
    })
  }
  if (leftovers.unpublished.length > 0) {
    const options = { params: { runs: leftovers.unpublished.map(Number) } }
    await clickhouse.command(`DELETE FROM tag_changes WHERE run_id IN {runs:Array(UInt64)}`, options)
    await clickhouse.command(`DELETE FROM tag_numbers WHERE run_id IN {runs:Array(UInt64)}`, options)
  }
}

/** Remembers that nothing of these runs is left. */
export async function markCleaned(tx: Tx, workspaceId: number, leftovers: Leftovers): Promise<void> {
  await tx.query(`update tag_run set state = 'cleaned' where workspace_id = $1 and run_id = any($2::bigint[])`, [
    workspaceId,
    leftovers.unpublished,
  ])
  await tx.query(`update tag_run set bitmaps_dropped = true where workspace_id = $1 and run_id = any($2::bigint[])`, [
    workspaceId,
    leftovers.replaced,
  ])
}
