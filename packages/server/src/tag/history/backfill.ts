import { AppError } from '@tagtree/core/kernel/app-error'
import { startOfUnit, zoneOf } from '@tagtree/core/kernel/zone'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import type { RunTagsDeps } from '../run/run-tags.js'
import type { TagRunner } from '../run/tag-runner.js'

export interface BackfillOrder {
  readonly id: string
  readonly by: 'day' | 'week' | 'month'
  /** How many of them back from `until`. */
  readonly count: number
  /** ms; the moment it was ordered, so that a resumed backfill has the same moments. */
  readonly until: number
}

export interface BackfillProgress {
  readonly done: number
  readonly moments: number
  /** The moment computed last, ms; null = none yet. */
  readonly at: number | null
}

/**
 * Computes what a tag or segment would have been at the start of past days, weeks or months, for the moments before its
 * history begins, oldest first. What is published now stays; each moment is published by itself, so that a canceled or
 * resumed backfill keeps what it has. Cuts are learnt at the moments themselves and kept by their schedule.
 * @throws AppError BACKFILL_NOTHING | what a run throws
 */
export async function backfill(
  deps: RunTagsDeps,
  runner: Pick<TagRunner, 'runOnce'>,
  workspaceId: number,
  order: BackfillOrder,
  job: { readonly signal: AbortSignal; now(): number; report(progress: BackfillProgress): void },
): Promise<BackfillProgress> {
  const moments = await momentsOf(deps, workspaceId, order)
  const isDone = await inWorkspace(deps.pool, workspaceId, (tx) => doneMoments(tx, workspaceId, order.id))
  let progress: BackfillProgress = { done: 0, moments: moments.length, at: null }
  for (const moment of moments) {
    job.signal.throwIfAborted()
    if (!isDone.has(moment)) {
      await runner.runOnce({
        workspaceId,
        ids: [order.id],
        asOf: moment,
        now: job.now(),
        kind: 'backfill',
        refit: false,
        signal: job.signal,
        onProgress: async () => undefined,
      })
    }
    progress = { done: progress.done + 1, moments: moments.length, at: moment }
    job.report(progress)
  }
  return progress
}

/** The moments a backfill computes, oldest first: after the first sight of anybody, before the history begins. */
async function momentsOf(
  { pool, clickhouse, loadCatalog }: RunTagsDeps,
  workspaceId: number,
  { id, by, count, until }: BackfillOrder,
): Promise<number[]> {
  const zone = zoneOf((await loadCatalog(workspaceId)).timeZone)
  const begins = await inWorkspace(pool, workspaceId, (tx) => firstBase(tx, workspaceId, id))
  const [first] = await clickhouse.query<{ ms: string }>(
    'SELECT toString(toUnixTimestamp64Milli(min(first_ts))) AS ms FROM nodes HAVING count() > 0',
  )
  const moments = Array.from({ length: count }, (_, index) => startOfUnit(zone, by, until, index - count + 1)).filter(
    (moment) => first !== undefined && moment > Number(first.ms) && moment < Math.min(begins ?? until, until),
  )
  if (moments.length === 0) throw new AppError('BACKFILL_NOTHING', { words: { name: id } })
  return moments
}

/** When the history that its own runs wrote begins, ms; null = it never ran. */
async function firstBase(tx: Tx, workspaceId: number, id: string): Promise<number | null> {
  const { rows } = await tx.query<{ first: Date | null }>(
    `select min(as_of) as first from tag_run
     where workspace_id = $1 and definition_id = $2 and state = 'published' and kind = 'base'`,
    [workspaceId, id],
  )
  return rows[0]?.first?.getTime() ?? null
}

/** Moments (ms) that the published version was already computed for. */
async function doneMoments(tx: Tx, workspaceId: number, id: string): Promise<ReadonlySet<number>> {
  const { rows } = await tx.query<{ as_of: Date }>(
    `select r.as_of from tag_run r join definition d on d.workspace_id = $1 and d.number = r.number
     where r.workspace_id = $1 and r.definition_id = $2 and r.state = 'published' and r.kind = 'backfill'
       and r.version = d.published_version`,
    [workspaceId, id],
  )
  return new Set(rows.map((row) => row.as_of.getTime()))
}
