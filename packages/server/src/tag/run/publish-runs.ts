import { AppError } from '@tagtree/core/kernel/app-error'
import type { Tx } from '../../store/postgres.js'
import { runErrorOf } from './run-error.js'
import {
  type PassCost,
  POPULATION_VERSION,
  type RunKind,
  type StartedRun,
  type ValueCounts,
  type ValueType,
} from './run-records.js'

/** A run ready to be seen. */
export interface FinishedRun extends StartedRun {
  readonly valueType: ValueType
  /** A subject may have several of its values at once. */
  readonly multi?: boolean
  readonly counts: ValueCounts
}

export interface PublishedPass {
  readonly clock: string
  /** Ids of definitions; populations are among them as `population:<subject>`. */
  readonly published: string[]
  readonly superseded: string[]
}

/**
 * Publishes all runs of a pass in one tick of the workspace's clock, so that nobody sees half of them.
 * A run whose definition got another published version meanwhile is superseded instead.
 * @throws AppError RUN_INTERRUPTED when somebody ended the runs meanwhile: their rows may be gone
 */
export async function publishRuns(
  tx: Tx,
  workspaceId: number,
  runs: readonly FinishedRun[],
  moment: { readonly asOf: number; readonly lastBatch: number },
  cost: PassCost,
  kind: RunKind = 'base',
): Promise<PublishedPass> {
  const clock = await tick(tx, workspaceId)
  await requireRunning(tx, workspaceId, runs)
  const versions = await publishedVersions(tx, workspaceId, runs)
  const isWanted = (run: FinishedRun): boolean => {
    const current = versions.get(run.definitionId)
    // A list is what was put on it, whatever version of its name counts.
    return run.version === POPULATION_VERSION || current?.kind === 'list' || current?.version === run.version
  }
  const wanted = runs.filter(isWanted)
  const unwanted = runs.filter((run) => !isWanted(run))
  await tx.query(
    `update tag_run set state = 'published', clock = $4, finished_at = now(), counts = ended.counts, cost = $5,
       value_type = ended.value_type, multi = ended.multi
     from unnest($2::bigint[], $3::jsonb[], $6::text[], $7::boolean[]) as ended(run_id, counts, value_type, multi)
     where workspace_id = $1 and tag_run.run_id = ended.run_id`,
    [
      workspaceId,
      wanted.map((run) => run.runId),
      wanted.map((run) => JSON.stringify(run.counts)),
      clock,
      JSON.stringify(cost),
      wanted.map((run) => run.valueType),
      wanted.map((run) => run.multi === true),
    ],
  )
  const error = new AppError('RUN_SUPERSEDED')
  await tx.query(
    `update tag_run set state = 'superseded', finished_at = now(), error = $3
     where workspace_id = $1 and run_id = any($2::bigint[])`,
    [workspaceId, unwanted.map((run) => run.runId), JSON.stringify(runErrorOf(error, ''))],
  )
  // What is published now stays the newest moment's, whatever is said of earlier ones.
  if (kind === 'base') await moveHeads(tx, workspaceId, wanted, moment, clock)
  await tx.query(`select pg_notify('tag_published', $1)`, [JSON.stringify({ workspaceId, clock })])
  return {
    clock,
    published: wanted.map((run) => run.definitionId),
    superseded: unwanted.map((run) => run.definitionId),
  }
}

/** Publishing is in turn: until the transaction ends nobody else moves the clock. */
async function tick(tx: Tx, workspaceId: number): Promise<string> {
  const { rows } = await tx.query<{ clock: string }>(
    `insert into workspace_clock (workspace_id, clock) values ($1, 1)
     on conflict (workspace_id) do update set clock = workspace_clock.clock + 1 returning clock`,
    [workspaceId],
  )
  return rows[0]!.clock
}

async function requireRunning(tx: Tx, workspaceId: number, runs: readonly FinishedRun[]): Promise<void> {
  const { rows } = await tx.query(
    `select run_id from tag_run where workspace_id = $1 and run_id = any($2::bigint[]) and state = 'running' for update`,
    [workspaceId, runs.map((run) => run.runId)],
  )
  if (rows.length < runs.length) throw new AppError('RUN_INTERRUPTED')
}

async function publishedVersions(
  tx: Tx,
  workspaceId: number,
  runs: readonly FinishedRun[],
): Promise<ReadonlyMap<string, { readonly kind: string; readonly version: number | null }>> {
  const { rows } = await tx.query<{ id: string; kind: string; version: number | null }>(
    `select id, kind, published_version as version from definition
     where workspace_id = $1 and number = any($2::int[]) and state <> 'deleted' for share`,
    [workspaceId, runs.map((run) => run.number)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

async function moveHeads(
  tx: Tx,
  workspaceId: number,
  runs: readonly FinishedRun[],
  moment: { readonly asOf: number; readonly lastBatch: number },
  clock: string,
): Promise<void> {
  await tx.query(
    `insert into tag_head (workspace_id, number, base_run, version, as_of, last_batch, value_type, clock, counts)
     select $1, number, run_id, version, to_timestamp($7::double precision / 1000), $8, value_type, $9, counts
     from unnest($2::int[], $3::bigint[], $4::int[], $5::text[], $6::jsonb[]) as h(number, run_id, version, value_type, counts)
     on conflict (workspace_id, number) do update set base_run = excluded.base_run, version = excluded.version,
       as_of = excluded.as_of, last_batch = excluded.last_batch, value_type = excluded.value_type,
       clock = excluded.clock, counts = excluded.counts, published_at = now()`,
    [
      workspaceId,
      runs.map((run) => run.number),
      runs.map((run) => run.runId),
      runs.map((run) => run.version),
      runs.map((run) => run.valueType),
      runs.map((run) => JSON.stringify(run.counts)),
      moment.asOf,
      moment.lastBatch,
      clock,
    ],
  )
}
