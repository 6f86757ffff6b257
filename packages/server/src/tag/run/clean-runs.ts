import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { Tx } from '../../store/postgres.js'
import { RUN_LOCK } from './run-lock.js'
import { abortDeadRuns } from './run-records.js'

/** Readers pin a published run for at most this long after it was replaced; then its bitmaps may go. */
const keepMinutes = 10
/** Runs cleaned at once: those of a pass over the largest catalogue and what a few failures left. */
const mostRuns = 10_000
/** A file takes less to send than this. */
const exportHours = 6

/** Set on every statement of a pass that writes, so that what still runs of a dead pass can be found and ended. */
export const RUN_COMMENT = 'tagtree tag run'

export interface Leftovers {
  /** Runs that ended without being published: every row of theirs goes. */
  readonly unpublished: readonly string[]
  /** Published runs that were replaced: only their bitmaps go, their history stays. */
  readonly replaced: readonly string[]
}

/** At a start: marks the runs as aborted that the last process left, unless another one is running tags right now. */
export async function abortOrphanRuns(tx: Tx, workspaceId: number): Promise<void> {
  const { rows } = await tx.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1, $2) as free', [
    RUN_LOCK,
    workspaceId,
  ])
  if (rows[0]?.free === true) await abortDeadRuns(tx, workspaceId)
}

/** What can be removed now; nothing for most calls. */
export async function findLeftovers(tx: Tx, workspaceId: number): Promise<Leftovers> {
  const { rows } = await tx.query<{ run_id: string; published: boolean }>(
    `select r.run_id, r.state = 'published' as published from tag_run r
     where r.workspace_id = $1 and not r.bitmaps_dropped
       and (r.state in ('failed', 'aborted', 'superseded')
         -- Bitmaps of a moment of the past served its history; nobody reads them.
         or (r.state = 'published' and r.kind <> 'base')
         or (r.state = 'published' and exists (
           select from tag_run later where later.workspace_id = $1 and later.number = r.number
             and later.state = 'published' and later.kind = 'base' and later.clock > r.clock
             and later.finished_at < now() - make_interval(mins => $2))))
     order by r.run_id limit $3`,
    [workspaceId, keepMinutes, mostRuns],
  )
  return {
    unpublished: rows.filter((row) => !row.published).map((row) => row.run_id),
    replaced: rows.filter((row) => row.published).map((row) => row.run_id),
  }
}

/**
 * Deletes their rows in ClickHouse; afterwards `markCleaned` may forget them. Repeating it is harmless. The caller holds
 * the lock of runs: no statement of a living pass is ended.
 */
export async function deleteLeftovers(clickhouse: WorkspaceClickHouse, leftovers: Leftovers): Promise<void> {
  if (leftovers.unpublished.length > 0) await endDeadPasses(clickhouse)
  const unpublished = { params: { runs: leftovers.unpublished.map(Number) } }
  const all = { params: { runs: [...leftovers.unpublished, ...leftovers.replaced].map(Number) } }
  if (all.params.runs.length > 0) {
    await clickhouse.command(`DELETE FROM tag_bitmaps WHERE run_id IN {runs:Array(UInt64)}`, all)
  }
  if (leftovers.unpublished.length > 0) {
    await clickhouse.command(`DELETE FROM tag_changes WHERE run_id IN {runs:Array(UInt64)}`, unpublished)
    await clickhouse.command(`DELETE FROM tag_numbers WHERE run_id IN {runs:Array(UInt64)}`, unpublished)
  }
}

/** A statement outlives its client: rows that it writes after the cleaning would be seen. */
async function endDeadPasses(clickhouse: WorkspaceClickHouse): Promise<void> {
  await clickhouse.command(
    `KILL QUERY WHERE current_database = {database:String} AND Settings['log_comment'] = {comment:String} SYNC`,
    { params: { database: clickhouse.database, comment: RUN_COMMENT } },
  )
}

/**
 * Drops the tables of dead passes (the caller holds the lock of runs), of files that were never sent whole and of lists
 * that were never published.
 */
export async function dropStrayTables(clickhouse: WorkspaceClickHouse): Promise<void> {
  const stray = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String}
       AND (match(name, '^run_[0-9]+_[0-9]+$')
         OR (match(name, '^(export|list)_[0-9a-f]{32}$') AND metadata_modification_time < now() - toIntervalHour(${exportHours})))`,
    { params: { database: clickhouse.database } },
  )
  for (const { name } of stray) await clickhouse.command(`DROP TABLE IF EXISTS ${name} SYNC`)
}

/** Remembers that nothing of these runs is left but the history of published ones. */
export async function markCleaned(tx: Tx, workspaceId: number, leftovers: Leftovers): Promise<void> {
  await tx.query(`update tag_run set bitmaps_dropped = true where workspace_id = $1 and run_id = any($2::bigint[])`, [
    workspaceId,
    [...leftovers.unpublished, ...leftovers.replaced],
  ])
}
