import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { AppError } from '@tagtree/core/kernel/app-error'
import { zoneOf } from '@tagtree/core/kernel/zone'
import { z } from 'zod'
import { cleanUndoneImports } from '../collect/clean-undone-imports.js'
import { dryRun } from '../collect/import/dry-run.js'
import { endImport, insertImport, readImport, setJob } from '../collect/import/import-records.js'
import { type ImportDeps, progressOf, runImport } from '../collect/import/run-import.js'
import { inWorkspace, type Tx } from '../store/postgres.js'
import { nextLocalTime } from '../tag/run/next-refresh.js'
import { type JobData, type JobKind, jobKind, type RunningJob } from './job-kind.js'
import { cancelJob, startJob } from './job-records.js'

export const IMPORT_JOB = 'import'
export const UNDO_JOB = 'import_undo'
export const CLEAN_JOB = 'import_clean'
/** Minute of the workspace's day at which rows of undone imports are deleted: behind the nightly run of tags. */
const cleaningMinute = 3 * 60 + 30

const ImportParams = z.strictObject({ importId: z.number().int() })

/** The jobs of imports: bringing a file in (or only trying it), taking an import back, and deleting what was taken back. */
export function importJobs(deps: ImportDeps): JobKind[] {
  return [
    jobKind({
      kind: IMPORT_JOB,
      params: ImportParams,
      run: async ({ importId }, job) => {
        const { workspaceId, signal } = job
        const order = { workspaceId, importId, signal, report: (progress: JobData) => job.report(progress) }
        try {
          const { dryRun: isTrial } = await inWorkspace(deps.pool, workspaceId, (tx) =>
            readImport(tx, workspaceId, importId),
          )
          const record = await (isTrial ? dryRun : runImport)(deps, order)
          job.report(progressOf(record))
          return { importId, state: record.state }
        } catch (error) {
          await noteEnd(deps, job, importId, error)
          throw error
        }
      },
    }),
    jobKind({
      kind: UNDO_JOB,
      params: ImportParams,
      run: async ({ importId }, job) => {
        await undo(deps, job, importId)
        return { importId }
      },
    }),
    jobKind({
      kind: CLEAN_JOB,
      params: z.strictObject({}),
      run: async (_params, { workspaceId }) => {
        const cleaned = await cleanUndoneImports(deps.pool, await deps.clickhouseOf(workspaceId), workspaceId)
        return { imports: cleaned }
      },
    }),
  ]
}

/** An import that was canceled, or can never succeed, ends with its job; all others go on with the next attempt. */
async function noteEnd(deps: ImportDeps, job: RunningJob, importId: number, error: unknown): Promise<void> {
  const canceled = job.signal.aborted && job.signal.reason === 'canceled'
  const hopeless = !job.signal.aborted && error instanceof AppError && error.status < 500
  if (!canceled && !hopeless) return
  await inWorkspace(deps.pool, job.workspaceId, (tx) =>
    endImport(tx, job.workspaceId, importId, canceled ? 'canceled' : 'failed'),
  )
}

/** The command takes effect in log order; the import is undone when it was applied. */
async function undo(deps: ImportDeps, job: RunningJob, importId: number): Promise<void> {
  const { workspaceId } = job
  const appended = await deps.log.command(workspaceId, { command: 'undo_import', importId })
  await deps.applier.whenStored(workspaceId, appended.logNo)
  await deps.onDataStored(workspaceId)
  const night = nextLocalTime(zoneOf(await deps.timeZoneOf(workspaceId)), Date.now(), cleaningMinute)
  await inWorkspace(deps.pool, workspaceId, async (tx) => {
    await tx.query(`update import set state = 'undone' where workspace_id = $1 and id = $2 and state = 'undoing'`, [
      workspaceId,
      importId,
    ])
    // Readers leave the rows out until then; deleting them rewrites parts of every table and belongs into the night.
    await startJob(tx, {
      workspaceId,
      kind: CLEAN_JOB,
      params: {},
      uniqueKey: `night:${night}`,
      runAt: new Date(night),
    })
  })
}

/** Orders an import of a stored file. Answers its id and the id of its job. */
export async function startImport(
  tx: Tx,
  workspaceId: number,
  order: {
    readonly fileId: number
    readonly fileName: string
    readonly mapping: Mapping
    readonly dryRun: boolean
    readonly now: number
    readonly createdBy: string
  },
): Promise<{ id: number; jobId: number }> {
  const { now, ...made } = order
  const id = await insertImport(tx, workspaceId, { ...made, startedMs: now })
  const jobId = await startJob(tx, {
    workspaceId,
    kind: IMPORT_JOB,
    params: { importId: id },
    uniqueKey: `import:${id}`,
    createdBy: order.createdBy,
  })
  await setJob(tx, workspaceId, id, jobId)
  return { id, jobId }
}

/** Stops an import; what is in the log stays and can be undone. @throws AppError NOT_FOUND | JOB_FINISHED */
export async function cancelImport(tx: Tx, workspaceId: number, id: number): Promise<void> {
  const record = await readImport(tx, workspaceId, id)
  if (record.jobId === null) throw new AppError('JOB_FINISHED', { words: { state: record.state } })
  await cancelJob(tx, workspaceId, record.jobId)
}

/**
 * Orders that an import is taken back: its rows stop counting and what its identities joined is taken apart.
 * @throws AppError NOT_FOUND | IMPORT_RUNNING | IMPORT_UNDONE
 */
export async function startUndo(tx: Tx, workspaceId: number, id: number, createdBy: string): Promise<number> {
  const record = await readImport(tx, workspaceId, id)
  if (record.state === 'running') throw new AppError('IMPORT_RUNNING', { words: { id } })
  if (record.state === 'undone') throw new AppError('IMPORT_UNDONE', { words: { id } })
  if (record.state === 'undoing' && record.undoJobId !== null) return record.undoJobId
  const jobId = await startJob(tx, {
    workspaceId,
    kind: UNDO_JOB,
    params: { importId: id },
    uniqueKey: `undo:${id}`,
    createdBy,
  })
  await tx.query(`update import set state = 'undoing', undo_job_id = $3 where workspace_id = $1 and id = $2`, [
    workspaceId,
    id,
    jobId,
  ])
  return jobId
}
