import type { Logger } from 'pino'
import type { z } from 'zod'

/** Plain JSON of a job's progress and result. */
export type JobData = Readonly<Record<string, unknown>>

/** What a running job is given beside its parameters. */
export interface RunningJob {
  readonly id: number
  readonly workspaceId: number
  /** 1 for the first try. After a crash or a failure the job runs again from what it has stored. */
  readonly attempt: number
  /** What the attempt before last reported. */
  readonly progress: JobData
  /** Shows how far it is; written at most twice a second, the latest wins. */
  report(progress: JobData): void
  /** Aborted when the job is canceled, when the server stops or when another server took it over. */
  readonly signal: AbortSignal
  readonly log: Logger
}

/**
 * A sort of work that outlives its request. `run` must bear being repeated after it was cut off anywhere; when the
 * signal is aborted it stops soon, by throwing or returning. An AppError of the 4xx family fails the job at once, other
 * errors are retried with growing pauses, a restarting engine is waited for without counting.
 */
export interface JobKind<Params extends z.ZodType = z.ZodType> {
  readonly kind: string
  readonly params: Params
  /** Default 5. */
  readonly maxAttempts?: number
  run(params: z.output<Params>, job: RunningJob): Promise<JobData>
}

/** Declares a kind; keeps the type of its parameters. */
export function jobKind<Params extends z.ZodType>(kind: JobKind<Params>): JobKind {
  return kind as unknown as JobKind
}
