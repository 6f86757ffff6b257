import { localDayNumber, type Zone, zoneOf } from '@tagtree/core/kernel/zone'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { SEQ_PER_BATCH } from '../../store/scan-state.js'
import type { RunTagsDeps } from '../run/run-tags.js'
import type { TagRunner } from '../run/tag-runner.js'
import { lateProfiles } from './late-profiles.js'

/** Published moments older than this are not corrected any more; they can be computed again from the events. */
export const CORRECTION_DAYS = 35
/** Above so many profiles everybody is computed. */
const mostProfiles = 20_000
const dayMs = 86_400_000

export interface CorrectionProgress {
  readonly done: number
  readonly moments: number
  /** Profiles computed again, over all moments; a moment of everybody counts none. */
  readonly profiles: number
}

/** Definitions whose published moment is due, with the batch that was known when it was computed. */
interface DueMoment {
  /** ms */
  readonly asOf: number
  readonly ids: readonly string[]
  readonly lastBatch: number
}

/**
 * Computes again what was published for the last moment of each of the past days, for those whom facts are about that
 * came later, and publishes the differences. The newest moment is left to the next run. Cuts stay as they were kept.
 * @throws AppError what a run throws
 */
export async function correctHistory(
  deps: RunTagsDeps,
  runner: Pick<TagRunner, 'runOnce'>,
  workspaceId: number,
  now: number,
  job: { readonly signal: AbortSignal; readonly report: (progress: CorrectionProgress) => void },
): Promise<CorrectionProgress> {
  const scan = await deps.readScanState(workspaceId)
  const zone = zoneOf((await deps.loadCatalog(workspaceId)).timeZone)
  const moments = await inWorkspace(deps.pool, workspaceId, async (tx) => {
    const from = await oldestLate(tx, workspaceId, scan.lastBatch)
    return from === null ? [] : dueMoments(tx, workspaceId, Math.max(from, now - CORRECTION_DAYS * dayMs), zone)
  })
  let progress: CorrectionProgress = { done: 0, moments: moments.length, profiles: 0 }
  for (const { asOf, ids, lastBatch } of moments) {
    job.signal.throwIfAborted()
    const knownSeq = String(BigInt(lastBatch) * BigInt(SEQ_PER_BATCH) + BigInt(SEQ_PER_BATCH - 1))
    const only = await lateProfiles(deps.clickhouse, scan, { asOf, knownSeq }, mostProfiles)
    if (only === null || only.length > 0) {
      await runner.runOnce({
        ...{ workspaceId, ids, asOf, now, kind: 'correction', refit: false, signal: job.signal },
        ...(only === null ? {} : { only }),
        onProgress: async () => undefined,
      })
    }
    progress = {
      done: progress.done + 1,
      moments: moments.length,
      profiles: progress.profiles + (only?.length ?? 0),
    }
    job.report(progress)
  }
  await inWorkspace(deps.pool, workspaceId, (tx) =>
    tx.query('delete from late_batch where workspace_id = $1 and batch_no <= $2', [workspaceId, scan.lastBatch]),
  )
  return progress
}

/** Whether any fact came too late since the last correction. */
export async function hasLateFacts(tx: Tx, workspaceId: number): Promise<boolean> {
  const { rows } = await tx.query('select from late_batch where workspace_id = $1 limit 1', [workspaceId])
  return rows.length > 0
}

/** ms of the oldest late fact up to a batch; null = none. */
async function oldestLate(tx: Tx, workspaceId: number, lastBatch: number): Promise<number | null> {
  const { rows } = await tx.query<{ from: string | null }>(
    'select min(from_ts) as from from late_batch where workspace_id = $1 and batch_no <= $2',
    [workspaceId, lastBatch],
  )
  const from = rows[0]?.from ?? null
  return from === null ? null : Number(from)
}

/** Published moments after `from` (ms), oldest first: of each definition the last one of each local day but the newest. */
async function dueMoments(tx: Tx, workspaceId: number, from: number, zone: Zone): Promise<DueMoment[]> {
  const { rows } = await tx.query<{ definition_id: string; as_of: Date; last_batch: number }>(
    `select distinct on (r.number, date_trunc('second', r.as_of)) r.definition_id, r.as_of, r.last_batch
     from tag_run r
     join definition d on d.workspace_id = $1 and d.number = r.number and d.published_version = r.version
       and d.state = 'live' and d.kind in ('tag', 'segment')
     join tag_head h on h.workspace_id = $1 and h.number = r.number
     where r.workspace_id = $1 and r.state = 'published' and r.as_of > to_timestamp($2::double precision / 1000)
       and date_trunc('second', r.as_of) < date_trunc('second', h.as_of)
     order by r.number, date_trunc('second', r.as_of), r.run_id desc`,
    [workspaceId, from],
  )
  const lastOfDay = new Map<string, (typeof rows)[number]>()
  for (const row of rows) {
    const key = `${row.definition_id}\0${localDayNumber(zone, row.as_of.getTime())}`
    const former = lastOfDay.get(key)
    if (former === undefined || former.as_of < row.as_of) lastOfDay.set(key, row)
  }
  const byMoment = new Map<number, (typeof rows)[number][]>()
  for (const row of lastOfDay.values()) {
    const asOf = row.as_of.getTime()
    byMoment.set(asOf, [...(byMoment.get(asOf) ?? []), row])
  }
  return [...byMoment]
    .sort(([a], [b]) => a - b)
    .map(([asOf, group]) => ({
      asOf,
      ids: group.map((row) => row.definition_id),
      lastBatch: Math.min(...group.map((row) => row.last_batch)),
    }))
}
