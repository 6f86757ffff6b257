import { AppError } from '@tagtree/core/kernel/app-error'
import type { Tx } from '../../store/postgres.js'
import { type RunError, runErrorOf } from './run-error.js'

/** How ClickHouse holds a tag's values. */
export type ValueType = 'codes' | 'number' | 'date'

/** People per value; the three figures add up to the live subjects of the kind. */
export interface ValueCounts {
  /** Code -> people. Empty for numbers and dates. */
  readonly values: Readonly<Record<string, number>>
  /** People with any value. */
  readonly known: number
  readonly population: number
}

/** What one pass cost: all its tags together. */
export interface PassCost {
  readonly rows: number
  readonly bytes: number
  readonly ms: number
}

export interface RunTarget {
  readonly definitionId: string
  readonly number: number
  readonly version: number
}

/**
 * `base`: moves what is published now. `backfill`: for a moment before the history begins. `correction`: for a moment of
 * the history again, with what arrived since.
 */
export type RunKind = 'base' | 'backfill' | 'correction'

/** A run begun for one definition. Ids grow with time. */
export interface StartedRun extends RunTarget {
  readonly runId: string
  readonly passId: string
}

/** The version of a population's run: populations are no definitions. */
export const POPULATION_VERSION = 0

/** Writes one running row per target; they share a pass. */
export async function startRuns(
  tx: Tx,
  workspaceId: number,
  targets: readonly RunTarget[],
  asOf: number,
  lastBatch: number,
  kind: RunKind = 'base',
): Promise<StartedRun[]> {
  const { rows } = await tx.query<{ run_id: string; pass_id: string; number: number }>(
    `with pass as (select nextval('tag_pass_id') as id)
     insert into tag_run (workspace_id, pass_id, definition_id, number, version, as_of, last_batch, state, kind)
     select $1, pass.id, t.definition_id, t.number, t.version, to_timestamp($5::double precision / 1000), $6, 'running', $7
     from pass, unnest($2::text[], $3::int[], $4::int[]) as t(definition_id, number, version)
     returning run_id, pass_id, number`,
    [
      workspaceId,
      targets.map((target) => target.definitionId),
      targets.map((target) => target.number),
      targets.map((target) => target.version),
      asOf,
      lastBatch,
      kind,
    ],
  )
  const byNumber = new Map(rows.map((row) => [row.number, row]))
  return targets.map((target) => {
    const row = byNumber.get(target.number)!
    return { ...target, runId: row.run_id, passId: row.pass_id }
  })
}

/** Marks runs as ended without being published; their rows stay invisible until they are cleaned. */
export async function failRuns(
  tx: Tx,
  workspaceId: number,
  runs: readonly StartedRun[],
  state: 'failed' | 'aborted' | 'superseded',
  error: AppError,
): Promise<void> {
  await tx.query(
    `update tag_run set state = $4, finished_at = now(), error = ended.error
     from unnest($2::bigint[], $3::jsonb[]) as ended(run_id, error)
     where workspace_id = $1 and tag_run.run_id = ended.run_id and state = 'running'`,
    [
      workspaceId,
      runs.map((run) => run.runId),
      runs.map((run) => JSON.stringify(runErrorOf(error, run.definitionId))),
      state,
    ],
  )
}

/** An unpublished list is filled within a request; after this long its process is gone. */
const longestSnapshotMinutes = 60

/**
 * Marks as aborted what is marked as running and is not: to be called by whoever holds the lock of runs. Lists are filled
 * outside of it and get time.
 */
export async function abortDeadRuns(tx: Tx, workspaceId: number): Promise<void> {
  const error: RunError = { code: new AppError('RUN_INTERRUPTED').code, words: {} }
  await tx.query(
    `update tag_run r set state = 'aborted', finished_at = now(), error = $2
     where workspace_id = $1 and state = 'running'
       and (version = ${POPULATION_VERSION} or started_at < now() - make_interval(mins => $3)
         or exists (select from definition d where d.workspace_id = $1 and d.number = r.number and d.kind <> 'list'))`,
    [workspaceId, JSON.stringify(error), longestSnapshotMinutes],
  )
}

/** Runs whose rows in ClickHouse must not be read: running ones, and those that ended unpublished and are not cleaned. */
export async function unpublishedRuns(tx: Tx, workspaceId: number): Promise<string[]> {
  const { rows } = await tx.query<{ run_id: string }>(
    `select run_id from tag_run
     where workspace_id = $1 and state in ('running', 'failed', 'aborted', 'superseded') and not bitmaps_dropped`,
    [workspaceId],
  )
  return rows.map((row) => row.run_id)
}
