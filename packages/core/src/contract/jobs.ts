import { z } from 'zod'
import { endpoint } from './endpoint.js'
import { Instant, NumberId, PageQuery, page } from './page.js'

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'canceled'] as const

/** A piece of work that outlives its request. `progress` and `result` are the kind's own. */
export const Job = z
  .object({
    id: z.number().int(),
    kind: z.string(),
    state: z.enum(JOB_STATES),
    progress: z.record(z.string(), z.json()),
    result: z.json().nullable(),
    /** Of the last attempt; a queued job with an error waits for its next attempt at `runAt`. */
    error: z.object({ code: z.string(), message: z.string(), at: Instant }).nullable(),
    attempts: z.number().int(),
    maxAttempts: z.number().int(),
    runAt: Instant,
    cancelRequested: z.boolean(),
    createdAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
  })
  .register(z.globalRegistry, { id: 'Job' })
export type Job = z.output<typeof Job>

export const listJobs = endpoint({
  id: 'listJobs',
  stage: 'jobs',
  method: 'GET',
  path: '/jobs',
  summary: { zh: '列出任务，最新的在前', en: 'List the jobs, newest first' },
  access: 'read',
  query: PageQuery.extend({ state: z.enum(JOB_STATES).optional(), kind: z.string().max(100).optional() }),
  response: page(Job),
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'CURSOR_INVALID'],
})

export const showJob = endpoint({
  id: 'showJob',
  stage: 'jobs',
  method: 'GET',
  path: '/jobs/{id}',
  summary: { zh: '查看一个任务', en: 'Show one job' },
  access: 'read',
  params: z.strictObject({ id: NumberId }),
  response: Job,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'NOT_FOUND'],
})

export const cancelJob = endpoint({
  id: 'cancelJob',
  stage: 'jobs',
  method: 'POST',
  path: '/jobs/{id}/cancel',
  summary: { zh: '取消任务', en: 'Cancel a job' },
  access: 'write',
  params: z.strictObject({ id: NumberId }),
  response: Job,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'NOT_FOUND', 'JOB_FINISHED'],
})

export const JOB_ENDPOINTS = [listJobs, showJob, cancelJob] as const
