import { AppError } from '@tagtree/core/kernel/app-error'
import type { Logger } from 'pino'
import { listen } from '../store/notifications.js'
import { toPostgresError } from '../store/postgres.js'
import type { JobData, JobKind } from './job-kind.js'
import { type JobLeases, LEASE_SECONDS } from './job-lease.js'
import { JOB_CHANNELS, type JobRow } from './job-records.js'

export interface JobRunnerOptions {
  readonly kinds: readonly JobKind[]
  readonly leases: JobLeases
  /** Address for the connection that waits for NOTIFY. */
  readonly postgresUrl: string
  readonly log: Logger
  /** Jobs at the same time; default 4. */
  readonly atOnce?: number
}
export interface JobRunner {
  /** Jobs this process works on now. */
  running(): number
  /** Takes no new job, hands running ones back and waits for them, at most `graceMs`. */
  stop(graceMs: number): Promise<void>
}

interface Work {
  readonly row: JobRow
  readonly abort: AbortController
  done: Promise<void>
}
type AbortReason = 'canceled' | 'stopping' | 'lost'

const reportEveryMs = 500
/** Pauses before the second, third … attempt. */
const pauseSeconds = (attempt: number) => Math.min(600, 2 ** attempt)

/**
 * Runs due jobs. Wakes by NOTIFY and by one timer for the next due moment; with nothing due and nothing running no
 * statement is sent. While jobs run their leases are renewed, so that a job of a killed server goes on elsewhere.
 */
export function runJobs(options: JobRunnerOptions): JobRunner {
  const { leases, log } = options
  const atOnce = options.atOnce ?? 4
  const kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]))
  const works = new Map<string, Work>()
  /** Jobs that ended while PostgreSQL was away: they are handed back as soon as it answers. */
  const unsettled = new Set<string>()
  let stopping = false
  let next: NodeJS.Timeout | undefined
  let heartbeat: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let lookAgain = false

  /** One look at a time; a wake-up during a look makes one more. */
  const wake = () => {
    lookAgain = true
    looking ??= (async () => {
      while (lookAgain && !stopping) {
        lookAgain = false
        await look().catch((error: unknown) => {
          log.warn({ err: error }, 'cannot look for jobs')
          wakeIn(2)
        })
      }
      looking = undefined
    })()
  }
  const wakeIn = (seconds: number) => {
    clearTimeout(next)
    // Long pauses are cut: timers hold at most 24 days.
    if (!stopping) next = setTimeout(wake, Math.min(86_400, Math.max(0.01, seconds)) * 1000)
  }
  const look = async () => {
    for (const id of unsettled) {
      await leases.release(id)
      unsettled.delete(id)
    }
    while (works.size < atOnce && !stopping) {
      const row = await leases.claim([...works.keys()])
      if (row === null) break
      begin(row)
    }
    // With all hands busy the end of a job looks again.
    if (works.size >= atOnce || stopping) return
    const seconds = await leases.secondsUntilNext([...works.keys()])
    clearTimeout(next)
    if (seconds !== null) wakeIn(seconds)
  }
  const begin = (row: JobRow) => {
    const work: Work = { row, abort: new AbortController(), done: Promise.resolve() }
    works.set(row.id, work)
    heartbeat ??= setInterval(() => void renew(), (LEASE_SECONDS * 1000) / 3)
    work.done = runOne(work).finally(() => {
      works.delete(row.id)
      if (works.size === 0) {
        clearInterval(heartbeat)
        heartbeat = undefined
      }
      wake()
    })
  }
  const abort = (work: Work, reason: AbortReason) => {
    if (!work.abort.signal.aborted) work.abort.abort(reason)
  }
  const renew = async () => {
    try {
      const held = new Map((await leases.renew([...works.keys()])).map((found) => [found.id, found]))
      for (const [id, work] of works) {
        const found = held.get(id)
        if (!found) abort(work, 'lost')
        else if (found.cancelRequested) abort(work, 'canceled')
      }
    } catch (error) {
      log.warn({ err: error }, 'cannot renew the leases of jobs')
    }
  }

  const runOne = async ({ row, abort }: Work) => {
    const jobLog = log.child({ jobId: row.id, kind: row.kind, workspaceId: row.workspace_id })
    const reporter = makeReporter((progress) => leases.report(row.id, progress))
    try {
      const result = await attempt(row, abort.signal, reporter.report, jobLog)
      await reporter.flush()
      const reason = abort.signal.reason as AbortReason | undefined
      if (reason === undefined) await leases.finish(row.id, 'done', result)
      else await settleAborted(row, reason)
      jobLog.info({ reason }, 'job ended')
    } catch (thrown) {
      await reporter.flush().catch(() => {})
      const reason = abort.signal.reason as AbortReason | undefined
      try {
        if (reason !== undefined) await settleAborted(row, reason)
        else await settleFailed(row, thrown, jobLog)
      } catch (error) {
        // Running it again from what it has stored does no harm.
        unsettled.add(row.id)
        jobLog.warn({ err: error }, 'the outcome of a job could not be written')
      }
    }
  }
  const attempt = async (row: JobRow, signal: AbortSignal, report: (progress: JobData) => void, jobLog: Logger) => {
    if (row.crashes >= row.max_attempts) throw new AppError('JOB_ABANDONED', { words: { attempts: row.crashes } })
    if (row.cancel_requested) {
      works.get(row.id)?.abort.abort('canceled')
      return {}
    }
    const kind = kinds.get(row.kind)
    if (!kind) throw new AppError('JOB_KIND_UNKNOWN', { words: { kind: row.kind } })
    jobLog.info({ attempt: row.attempts }, 'job begins')
    return kind.run(kind.params.parse(row.params), {
      id: Number(row.id),
      workspaceId: row.workspace_id,
      attempt: row.attempts,
      progress: row.progress,
      report,
      signal,
      log: jobLog,
    })
  }
  const settleAborted = async (row: JobRow, reason: AbortReason) => {
    if (reason === 'canceled') await leases.finish(row.id, 'canceled', null)
    if (reason === 'stopping') await leases.release(row.id)
  }
  const settleFailed = async (row: JobRow, thrown: unknown, jobLog: Logger) => {
    const known = toPostgresError(thrown)
    const error = known instanceof AppError ? known : new AppError('INTERNAL', { cause: thrown })
    jobLog.warn({ err: error, attempt: row.attempts }, 'job failed')
    if (error.code === 'ENGINE_UNAVAILABLE') await leases.retryLater(row.id, error, error.retryAfterSeconds ?? 2, false)
    else if (error.status < 500 || error.code.startsWith('JOB_')) await leases.fail(row.id, error)
    else if (row.attempts >= row.max_attempts) await leases.fail(row.id, error)
    else await leases.retryLater(row.id, error, pauseSeconds(row.attempts), true)
  }

  const listener = listen({
    url: options.postgresUrl,
    role: 'tagtree_worker',
    channels: Object.values(JOB_CHANNELS),
    onConnected: wake,
    onMessage(channel, payload) {
      if (channel === JOB_CHANNELS.due) wake()
      const work = works.get(payload)
      if (channel === JOB_CHANNELS.canceled && work) abort(work, 'canceled')
    },
  })
  return {
    running: () => works.size,
    async stop(graceMs) {
      stopping = true
      clearTimeout(next)
      await looking
      for (const work of works.values()) abort(work, 'stopping')
      let grace: NodeJS.Timeout | undefined
      const waited = new Promise<void>((resolve) => {
        grace = setTimeout(resolve, graceMs)
      })
      await Promise.race([Promise.all([...works.values()].map(({ done }) => done)), waited])
      clearTimeout(grace)
      clearInterval(heartbeat)
      await listener.close()
    },
  }
}

/** Writes the latest progress at most every half second. */
function makeReporter(write: (progress: JobData) => Promise<void>) {
  let latest: JobData | undefined
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const progress = latest
    latest = undefined
    // A progress that cannot be written is no reason to stop the work.
    if (progress !== undefined) writing = writing.then(() => write(progress)).catch(() => {})
    return writing
  }
  return {
    report(progress: JobData) {
      latest = progress
      timer ??= setTimeout(() => void flush(), reportEveryMs)
    },
    flush,
  }
}
