import type { Client } from '@tagtree/core/contract/client'
import { type Job, showJob } from '@tagtree/core/contract/jobs'
import { AppError } from '@tagtree/core/kernel/app-error'

/**
 * Follows a job until it ends; `onProgress` hears every state seen. An answer that the server is restarting is waited
 * out by the connection.
 */
export async function waitForJob(
  client: Client,
  id: number,
  onProgress: (job: Job) => void = () => {},
  everyMs = 500,
): Promise<Job> {
  for (;;) {
    const job = await client.call(showJob, { params: { id } })
    onProgress(job)
    if (job.state === 'done' || job.state === 'failed' || job.state === 'canceled') return job
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** A job that did not end well, as an error to print. */
export function jobFailure(job: Job): AppError {
  const reason = job.error?.message ?? job.state
  return new AppError('JOB_NOT_DONE', { words: { id: job.id, state: job.state, reason } })
}
