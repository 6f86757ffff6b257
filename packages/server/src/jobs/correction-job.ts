import { localDayNumber, startOfUnit, type Zone } from '@tagtree/core/kernel/zone'
import { z } from 'zod'
import type { Tx } from '../store/postgres.js'
import { correctHistory, hasLateFacts } from '../tag/history/correct.js'
import type { RunDepsOf, TagRunner } from '../tag/run/tag-runner.js'
import { type JobKind, jobKind } from './job-kind.js'
import { startJob } from './job-records.js'

const TAG_CORRECTION = 'tag_correction'
/** After the day's runs, so that the newest moment needs none. */
const nightlyMs = 3.5 * 3_600_000

/** Corrects what was published before late facts came, as a job. */
export function correctionJob(deps: { depsOf: RunDepsOf; runner: TagRunner; now: () => number }): JobKind {
  return jobKind({
    kind: TAG_CORRECTION,
    params: z.strictObject({}),
    run: async (_order, job) => {
      const end = await correctHistory(await deps.depsOf(job.workspaceId), deps.runner, job.workspaceId, deps.now(), {
        signal: job.signal,
        report: (progress) => job.report({ ...progress }),
      })
      return { ...end }
    },
  })
}

/** Queues a correction now. Answers the job's id. */
export function orderCorrection(tx: Tx, workspaceId: number): Promise<number> {
  return startJob(tx, { workspaceId, kind: TAG_CORRECTION, params: {}, uniqueKey: 'now' })
}

/** Queues the correction of the coming night when there is something to correct. */
export async function planCorrection(tx: Tx, workspaceId: number, zone: Zone, now: number): Promise<void> {
  if (!(await hasLateFacts(tx, workspaceId))) return
  const tonight = [0, 1].map((days) => startOfUnit(zone, 'day', now, days) + nightlyMs).find((moment) => moment > now)!
  await startJob(tx, {
    workspaceId,
    kind: TAG_CORRECTION,
    params: {},
    uniqueKey: `night:${localDayNumber(zone, tonight)}`,
    runAt: new Date(tonight),
  })
}
