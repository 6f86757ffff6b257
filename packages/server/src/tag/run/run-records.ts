import type { Tx } from '../../store/postgres.js'

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

/** A run begun for one definition. Ids grow with time. */
export interface StartedRun {
  readonly runId: string
  readonly passId: string
  readonly definitionId: string
  readonly number: number
  readonly version: number
}

export interface RunTarget {
  readonly definitionId: string
  readonly number: number
  readonly version: number
}

/** Writes one running row per target; they share a pass. */
export async function startRuns(
  tx: Tx,
  workspaceId: number,
  targets: readonly RunTarget[],
  asOf: number,
  lastBatch: number,
): Promise<StartedRun[]> {
  const { rows } = await tx.query<{ run_id: string; pass_id: string; definition_id: string }>(
    `with pass as (select nextval('tag_pass_id') as id)
     insert into tag_run (workspace_id, pass_id, definition_id, number, version, as_of, last_batch, state)
     select $1, pass.id, t.definition_id, t.number, t.version, to_timestamp($5::double precision / 1000), $6, 'running'
     from pass, unnest($2::text[], $3::int[], $4::int[]) as t(definition_id, number, version)
     returning run_id, pass_id, definition_id`,
    [
      workspaceId,
      targets.map((target) => target.definitionId),
      targets.map((target) => target.number),
      targets.map((target) => target.version),
      asOf,
      lastBatch,
    ],
  )
  const byDefinition = new Map(rows.map((row) => [row.definition_id, row]))
  return targets.map((target) => {
    const row = byDefinition.get(target.definitionId)!
    return { ...target, runId: row.run_id, passId: row.pass_id }
  })
}

/** A run ready to be seen. */
export interface FinishedRun extends StartedRun {
  readonly valueType: ValueType
  readonly counts: ValueCounts
}

/**
 * Publishes all runs of a pass in one tick of the workspace's clock, so that nobody sees half of them.
 * A run whose definition got another published version meanwhile is superseded instead. Answers the clock.
 */
export async function publishRuns(
  tx: Tx,
  workspaceId: number,
  runs: readonly FinishedRun[],
  moment: { readonly asOf: number; readonly lastBatch: number },
  cost: PassCost,
): Promise<{ clock: string; published: string[]; superseded: string[] }> {
  const { rows: ticks } = await tx.query<{ clock: string }>(
    `insert into workspace_clock (workspace_id, clock) values ($1, 1)
     on conflict (workspace_id) do update set clock = workspace_clock.clock + 1 returning clock`,
    [workspaceId],
  )
  const clock = ticks[0]!.clock
  const { rows: current } = await tx.query<{ id: string; published_version: number | null }>(
    `select id, published_version from definition where workspace_id = $1 and id = any($2) and state <> 'deleted'`,
    [workspaceId, runs.map((run) => run.definitionId)],
  )
  const versions = new Map(current.map((row) => [row.id, row.published_version]))
  const published: string[] = []
  const superseded: string[] = []
  for (const run of runs) {
    const isPopulation = run.version === 0
    const stillWanted = isPopulation || versions.get(run.definitionId) === run.version
    await tx.query(
      `update tag_run set state = $3, clock = $4, finished_at = now(), counts = $5, cost = $6
       where workspace_id = $1 and run_id = $2`,
      [
        workspaceId,
        run.runId,
        stillWanted ? 'published' : 'superseded',
        stillWanted ? clock : null,
        JSON.stringify(run.counts),
        JSON.stringify(cost),
      ],
    )
    ;(stillWanted ? published : superseded).push(run.definitionId)
    if (!stillWanted) continue
    await tx.query(
      `insert into tag_head (workspace_id, number, base_run, version, as_of, last_batch, value_type, clock, counts)
       values ($1, $2, $3, $4, to_timestamp($5::double precision / 1000), $6, $7, $8, $9)
       on conflict (workspace_id, number) do update set base_run = excluded.base_run, version = excluded.version,
         as_of = excluded.as_of, last_batch = excluded.last_batch, value_type = excluded.value_type,
         clock = excluded.clock, counts = excluded.counts, published_at = now()`,
      [
        workspaceId,
        run.number,
        run.runId,
        run.version,
        moment.asOf,
        moment.lastBatch,
        run.valueType,
        clock,
        JSON.stringify(run.counts),
      ],
    )
  }
  await tx.query(`select pg_notify('tag_published', $1)`, [JSON.stringify({ workspaceId, clock })])
  return { clock, published, superseded }
}

/** Marks the runs of a pass as failed with what is told to people; their rows stay invisible until cleaned. */
export async function failRuns(
  tx: Tx,
  workspaceId: number,
  runs: readonly StartedRun[],
  state: 'failed' | 'aborted' | 'superseded',
  error: { readonly code: string; readonly message: string } | null,
): Promise<void> {
  await tx.query(
    `update tag_run set state = $3, finished_at = now(), error = $4
     where workspace_id = $1 and run_id = any($2::bigint[]) and state = 'running'`,
    [workspaceId, runs.map((run) => run.runId), state, error === null ? null : JSON.stringify(error)],
  )
}

/** Runs whose rows in ClickHouse must not be read: running ones and those that ended without being published. */
export async function unpublishedRuns(tx: Tx, workspaceId: number): Promise<string[]> {
  const { rows } = await tx.query<{ run_id: string }>(
    `select run_id from tag_run where workspace_id = $1 and state in ('running', 'failed', 'aborted', 'superseded')`,
    [workspaceId],
  )
  return rows.map((row) => row.run_id)
}

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
  before: string | null,
  limit: number,
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
    error: { code: string; message: string } | null
  }>(
    `select run_id, version, state, as_of, started_at, finished_at, counts, cost, error from tag_run
     where workspace_id = $1 and definition_id = $2 and ($3::bigint is null or run_id < $3)
     order by run_id desc limit $4`,
    [workspaceId, definitionId, before, limit],
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
    error: row.error,
  }))
}
