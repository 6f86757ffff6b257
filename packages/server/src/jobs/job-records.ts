import type { JOB_STATES, Job } from '@tagtree/core/contract/jobs'
import { AppError, type Words } from '@tagtree/core/kernel/app-error'
import { ERRORS, type ErrorCode } from '@tagtree/core/kernel/errors'
import type { Tx } from '../store/postgres.js'
import type { JobData } from './job-kind.js'

/** PostgreSQL channels. A payload of `canceled` is the id of the job. */
export const JOB_CHANNELS = { due: 'tagtree_job_due', canceled: 'tagtree_job_canceled' } as const

export interface NewJob {
  readonly workspaceId: number
  readonly kind: string
  readonly params: JobData
  /** At most one queued or running job of this kind has it; a second start answers the first one. */
  readonly uniqueKey?: string | null
  /** Not before this moment; default now. */
  readonly runAt?: Date
  readonly maxAttempts?: number
  readonly createdBy?: string
}

/** Why the last attempt failed; the words are filled in when it is shown, in the reader's language. */
export interface JobError {
  readonly code: ErrorCode
  readonly words: Words
  readonly at: string
}

export interface JobRow {
  workspace_id: number
  id: string
  kind: string
  params: unknown
  state: (typeof JOB_STATES)[number]
  progress: JobData
  result: JobData | null
  error: JobError | null
  run_at: Date
  attempts: number
  max_attempts: number
  crashes: number
  cancel_requested: boolean
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
}

/** Queues a job inside the caller's transaction, so that it exists exactly when what it is about exists. Answers its id. */
export async function startJob(tx: Tx, job: NewJob): Promise<number> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into job (workspace_id, kind, params, unique_key, run_at, max_attempts, created_by)
     values ($1, $2, $3, $4, coalesce($5, now()), $6, $7)
     on conflict (workspace_id, kind, unique_key) where state in ('queued', 'running') and unique_key is not null
     do nothing returning id`,
    [
      job.workspaceId,
      job.kind,
      JSON.stringify(job.params),
      job.uniqueKey ?? null,
      job.runAt ?? null,
      job.maxAttempts ?? 5,
      job.createdBy ?? null,
    ],
  )
  await tx.query(`select pg_notify($1, '')`, [JOB_CHANNELS.due])
  if (rows[0]) return Number(rows[0].id)
  const running = await tx.query<{ id: string }>(
    `select id from job where workspace_id = $1 and kind = $2 and unique_key = $3 and state in ('queued', 'running')`,
    [job.workspaceId, job.kind, job.uniqueKey],
  )
  // It ended between the two statements: queue a new one.
  return running.rows[0] ? Number(running.rows[0].id) : startJob(tx, job)
}

/** One page of the jobs of a workspace, newest first, older than `before`. */
export async function listJobs(
  tx: Tx,
  workspaceId: number,
  filter: { state?: string | undefined; kind?: string | undefined; before?: number | undefined; limit: number },
): Promise<JobRow[]> {
  const { rows } = await tx.query<JobRow>(
    `select * from job where workspace_id = $1 and ($2::text is null or state = $2) and ($3::text is null or kind = $3)
       and ($4::bigint is null or id < $4) order by id desc limit $5`,
    [workspaceId, filter.state ?? null, filter.kind ?? null, filter.before ?? null, filter.limit],
  )
  return rows
}

/** @throws AppError NOT_FOUND */
export async function readJob(tx: Tx, workspaceId: number, id: number): Promise<JobRow> {
  const { rows } = await tx.query<JobRow>('select * from job where workspace_id = $1 and id = $2', [workspaceId, id])
  if (rows[0]) return rows[0]
  throw new AppError('NOT_FOUND', { words: { what: { en: 'job', zh: '任务' }, name: id } })
}

/** A queued job is canceled at once, a running one is asked to stop. @throws AppError NOT_FOUND | JOB_FINISHED */
export async function cancelJob(tx: Tx, workspaceId: number, id: number): Promise<JobRow> {
  const { rows } = await tx.query<JobRow>(
    `update job set cancel_requested = true,
       state = case when state = 'queued' then 'canceled' else state end,
       finished_at = case when state = 'queued' then now() end
     where workspace_id = $1 and id = $2 and state in ('queued', 'running') returning *`,
    [workspaceId, id],
  )
  if (!rows[0]) {
    const { state } = await readJob(tx, workspaceId, id)
    throw new AppError('JOB_FINISHED', { words: { state } })
  }
  await tx.query('select pg_notify($1, $2)', [JOB_CHANNELS.canceled, String(id)])
  return rows[0]
}

/** A job as answers show it. */
export function showJob(row: JobRow, language: 'zh' | 'en'): Job {
  return {
    id: Number(row.id),
    kind: row.kind,
    state: row.state,
    progress: row.progress as Job['progress'],
    result: (row.result ?? null) as Job['result'],
    error: row.error === null ? null : showError(row.error, language),
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    runAt: row.run_at.toISOString(),
    cancelRequested: row.cancel_requested,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}

function showError(error: JobError, language: 'zh' | 'en'): NonNullable<Job['error']> {
  const code = Object.hasOwn(ERRORS, error.code) ? error.code : 'INTERNAL'
  const { message, action } = new AppError(code, { words: error.words }).say(language)
  return { code: error.code, message: `${message} ${action}`, at: error.at }
}
