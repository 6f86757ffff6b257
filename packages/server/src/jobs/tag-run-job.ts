import type { Catalog } from '@tagtree/core/catalog/catalog'
import { zoneOf } from '@tagtree/core/kernel/zone'
import type pg from 'pg'
import { z } from 'zod'
import { inWorkspace, type Tx } from '../store/postgres.js'
import { nextRefresh } from '../tag/run/next-refresh.js'
import type { RunTagsResult } from '../tag/run/run-tags.js'
import type { TagRunner } from '../tag/run/tag-runner.js'
import { planCorrection } from './correction-job.js'
import { type JobData, type JobKind, jobKind } from './job-kind.js'
import { startJob } from './job-records.js'

/** Kind of the jobs that run tags. */
export const TAG_RUN = 'tag_run'
const automatic = 'automatic'
const scheduled = 'scheduled'
/** Changes that come together (a package of tags, a burst of imports) are run together. */
const gatherMs = 400

const RunOrder = z.strictObject({
  ids: z.array(z.string()).optional(),
  asOf: z.iso.datetime().optional(),
  refit: z.boolean().default(false),
  /** The run was not asked for by a person: it repeats while changes come in, and plans the next refresh. */
  automatic: z.boolean().default(false),
})
export type RunOrder = z.input<typeof RunOrder>

export interface TagRunJobDeps {
  readonly pool: pg.Pool
  readonly runner: TagRunner
  readonly loadCatalog: (workspaceId: number) => Promise<Catalog>
  readonly now: () => number
}

/** Runs tags as a job: with progress, cancel, retries after a crash. */
export function tagRunJob(deps: TagRunJobDeps): JobKind {
  return jobKind({
    kind: TAG_RUN,
    params: RunOrder,
    run: async (order, job) => {
      const request = {
        workspaceId: job.workspaceId,
        signal: job.signal,
        onProgress: async (done: number) => job.report({ done: Math.round(done * 100) / 100 }),
      }
      if (order.automatic) {
        // First, so that a run that fails for good does not end the refreshing.
        await planRefresh(deps, job.workspaceId)
        return resultOf(await deps.runner.runUntilCurrent(request, deps.now))
      }
      const result = await deps.runner.runOnce({
        ...request,
        now: deps.now(),
        refit: order.refit,
        ...(order.ids === undefined ? {} : { ids: order.ids }),
        ...(order.asOf === undefined ? {} : { asOf: Date.parse(order.asOf) }),
      })
      return resultOf(result)
    },
  })
}

/** Queues a run that a person asked for; the same key answers the same job. Answers the job's id. */
export function orderRun(tx: Tx, workspaceId: number, order: RunOrder, key: string | null): Promise<number> {
  return startJob(tx, {
    workspaceId,
    kind: TAG_RUN,
    params: { ...order },
    uniqueKey: key === null ? null : `asked:${key}`,
  })
}

/** Queues the run that follows a change; while one is queued or running this one is part of it. */
export async function orderAutomaticRun(pool: pg.Pool, workspaceId: number): Promise<number> {
  return inWorkspace(pool, workspaceId, (tx) =>
    startJob(tx, {
      workspaceId,
      kind: TAG_RUN,
      params: { automatic: true },
      uniqueKey: automatic,
      runAt: new Date(Date.now() + gatherMs),
    }),
  )
}

async function planRefresh(deps: TagRunJobDeps, workspaceId: number): Promise<void> {
  const catalog = await deps.loadCatalog(workspaceId)
  await inWorkspace(deps.pool, workspaceId, (tx) =>
    planCorrection(tx, workspaceId, zoneOf(catalog.timeZone), deps.now()),
  )
  const next = nextRefresh(catalog, deps.now())
  if (next === null) return
  await inWorkspace(deps.pool, workspaceId, (tx) =>
    startJob(tx, {
      workspaceId,
      kind: TAG_RUN,
      params: { automatic: true },
      uniqueKey: `${scheduled}:${next}`,
      runAt: new Date(next),
    }),
  )
}

function resultOf(result: RunTagsResult): JobData {
  return { ...result }
}
