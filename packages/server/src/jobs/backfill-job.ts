import { z } from 'zod'
import type { Tx } from '../store/postgres.js'
import { type BackfillOrder, backfill } from '../tag/history/backfill.js'
import type { RunDepsOf, TagRunner } from '../tag/run/tag-runner.js'
import { type JobKind, jobKind } from './job-kind.js'
import { startJob } from './job-records.js'

const TAG_BACKFILL = 'tag_backfill'
const Order = z.strictObject({
  id: z.string(),
  by: z.enum(['day', 'week', 'month']),
  count: z.number().int().min(1),
  until: z.number().int(),
})

/** Computes the history of a tag as a job: with progress, cancel, and going on after a crash where it was. */
export function backfillJob(given: { depsOf: RunDepsOf; runner: TagRunner; now: () => number }): JobKind {
  const { depsOf, runner, now } = given
  return jobKind({
    kind: TAG_BACKFILL,
    params: Order,
    run: async (order, job) => {
      const deps = await depsOf(job.workspaceId)
      const end = await backfill(deps, runner, job.workspaceId, order, {
        signal: job.signal,
        now,
        report: (progress) => job.report({ ...progress }),
      })
      return { ...end }
    },
  })
}

/** Queues a backfill; one of a tag at a time. Answers the job's id. */
export function orderBackfill(tx: Tx, workspaceId: number, order: BackfillOrder): Promise<number> {
  return startJob(tx, { workspaceId, kind: TAG_BACKFILL, params: { ...order }, uniqueKey: order.id })
}
