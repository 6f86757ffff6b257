import type { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inTransaction } from '../store/postgres.js'
import type { JobData } from './job-kind.js'
import type { JobError, JobRow } from './job-records.js'

/** Without a sign of life for this long a running job is taken over. */
export const LEASE_SECONDS = 30

/**
 * What happens to a job while it runs: every statement is fenced by its holder, so that a server that lost the job
 * cannot overwrite what the next one wrote. Works as tagtree_worker, across workspaces.
 */
export interface JobLeases {
  /**
   * The next due job, now held by this holder; null when none is due. One whose server died counts a crash instead of an
   * attempt. `atWork`: jobs that this process works on, whatever became of their leases while PostgreSQL was away.
   */
  claim(atWork: readonly string[]): Promise<JobRow | null>
  /** Seconds until a job becomes due or the lease of one not at work ends; null when nothing is waited for. */
  secondsUntilNext(atWork: readonly string[]): Promise<number | null>
  /** Renews and answers what was found: ids not named were lost. */
  renew(ids: readonly string[]): Promise<{ id: string; cancelRequested: boolean }[]>
  report(id: string, progress: JobData): Promise<void>
  finish(id: string, state: 'done' | 'canceled', result: JobData | null): Promise<void>
  fail(id: string, error: AppError): Promise<void>
  /** Runs again after the pause; `counted` false gives the attempt back. */
  retryLater(id: string, error: AppError, pauseSeconds: number, counted: boolean): Promise<void>
  /**
   * For a holder that is known to be the only living one: what others hold is of dead processes and is due at once. A job
   * that did not get on since its last crash waits out its lease: it may be what kills the server.
   */
  endForeign(): Promise<void>
  /** Hands a job back unharmed: another server, or this one after its next start, goes on with it. */
  release(id: string): Promise<void>
}

export function makeJobLeases(pool: pg.Pool, holder: string): JobLeases {
  const run = <Row extends pg.QueryResultRow>(sql: string, values: unknown[]) =>
    inTransaction(pool, (tx) => tx.query<Row>(sql, values))
  const mine = `where id = $1 and lease_holder = $2 and state = 'running'`
  return {
    async claim(atWork) {
      const { rows } = await run<JobRow>(
        `update job set state = 'running', lease_holder = $1, lease_until = now() + make_interval(secs => $2),
           attempts = attempts + (state = 'queued')::int, crashes = crashes + (state = 'running')::int,
           started_at = coalesce(started_at, now())
         where id = (select id from job
           where (state = 'queued' and run_at <= now())
             or (state = 'running' and lease_until < now() and id <> all($3::bigint[]))
           order by run_at limit 1 for update skip locked)
         returning *`,
        [holder, LEASE_SECONDS, atWork],
      )
      return rows[0] ?? null
    },
    async secondsUntilNext(atWork) {
      const { rows } = await run<{ seconds: number | null }>(
        `select extract(epoch from least(
           (select min(run_at) from job where state = 'queued'),
           (select min(lease_until) from job where state = 'running' and id <> all($1::bigint[]))) - now())::float8 as seconds`,
        [atWork],
      )
      return rows[0]?.seconds ?? null
    },
    async renew(ids) {
      const { rows } = await run<{ id: string; cancel_requested: boolean }>(
        `update job set lease_until = now() + make_interval(secs => $3)
         where id = any($1::bigint[]) and lease_holder = $2 and state = 'running' returning id, cancel_requested`,
        [ids, holder, LEASE_SECONDS],
      )
      return rows.map((row) => ({ id: row.id, cancelRequested: row.cancel_requested }))
    },
    async report(id, progress) {
      await run(`update job set progress = $3, crashes = 0 ${mine}`, [id, holder, JSON.stringify(progress)])
    },
    async finish(id, state, result) {
      await run(
        `update job set state = $3, result = $4, error = null, finished_at = now(), lease_until = null ${mine}`,
        [id, holder, state, result === null ? null : JSON.stringify(result)],
      )
    },
    async fail(id, error) {
      await run(`update job set state = 'failed', error = $3, finished_at = now(), lease_until = null ${mine}`, [
        id,
        holder,
        JSON.stringify(toJobError(error)),
      ])
    },
    async retryLater(id, error, pauseSeconds, counted) {
      await run(
        `update job set state = 'queued', error = $3, run_at = now() + make_interval(secs => $4),
           attempts = attempts - $5, lease_holder = null, lease_until = null ${mine}`,
        [id, holder, JSON.stringify(toJobError(error)), pauseSeconds, counted ? 0 : 1],
      )
    },
    async endForeign() {
      await run(`update job set lease_until = now() where state = 'running' and lease_holder <> $1 and crashes = 0`, [
        holder,
      ])
    },
    async release(id) {
      await run(
        `update job set state = 'queued', run_at = now(), attempts = attempts - 1, lease_holder = null,
           lease_until = null ${mine}`,
        [id, holder],
      )
    },
  }
}

function toJobError(error: AppError): JobError {
  return { code: error.code, words: error.words, at: new Date().toISOString() }
}
