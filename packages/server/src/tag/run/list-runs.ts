import type { Tx } from '../../store/postgres.js'
import { type RunError, sayRunError } from './run-error.js'
import type { PassCost, ValueCounts } from './run-records.js'

/** A run as its history shows it. */
export interface RunEntry {
  readonly runId: string
  readonly version: number
  readonly state: string
  readonly asOf: string
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly known: number | null
  readonly population: number | null
  readonly cost: PassCost | null
  readonly error: { code: string; message: string } | null
}

/** Runs of one definition with ids below `before` (null = from the newest), newest first. */
export async function listRuns(
  tx: Tx,
  workspaceId: number,
  definitionId: string,
  page: { readonly before: string | null; readonly limit: number; readonly language: 'zh' | 'en' },
): Promise<RunEntry[]> {
  const { rows } = await tx.query<{
    run_id: string
    version: number
    state: string
    as_of: Date
    started_at: Date
    finished_at: Date | null
    counts: ValueCounts | null
    cost: PassCost | null
    error: RunError | null
  }>(
    `select run_id, version, state, as_of, started_at, finished_at, counts, cost, error from tag_run
     where workspace_id = $1 and definition_id = $2 and ($3::bigint is null or run_id < $3)
     order by run_id desc limit $4`,
    [workspaceId, definitionId, page.before, page.limit],
  )
  return rows.map((row) => ({
    runId: row.run_id,
    version: row.version,
    state: row.state,
    asOf: row.as_of.toISOString(),
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    known: row.counts?.known ?? null,
    population: row.counts?.population ?? null,
    cost: row.cost,
    error: row.error === null ? null : sayRunError(row.error, page.language),
  }))
}
