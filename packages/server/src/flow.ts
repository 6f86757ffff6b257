import type { Engines } from '@tagtree/engines/engines'
import type { Logger } from 'pino'
import type { Config } from './config.js'
import { type CachedDirectory, makeDirectory } from './govern/directory.js'
import { completeWorkspace, listAllWorkspaces, type PrepareWorkspace } from './govern/workspaces.js'
import type { Bound } from './http/bind.js'
import type { Metrics } from './http/metrics.js'
import { governRoutes } from './http/routes/govern.js'
import { jobRoutes } from './http/routes/jobs.js'
import type { JobKind } from './jobs/job-kind.js'
import { makeJobLeases } from './jobs/job-lease.js'
import { type JobRunner, runJobs } from './jobs/run-jobs.js'
import type { ClickHouse } from './store/clickhouse.js'
import { migrateWorkspaceDatabase } from './store/migrate.js'
import { inTransaction, inWorkspace, type PostgresPools } from './store/postgres.js'

/** What `startServer` opened for the stages. */
export interface Ports {
  readonly config: Config
  readonly engines: Engines
  readonly postgres: PostgresPools
  readonly clickhouse: ClickHouse
  readonly masterKey: Buffer
  readonly metrics: Metrics
  readonly log: Logger
  /** Names this process among others on the same database. */
  readonly processName: string
}

/** Something to do once the server answers, before the address is shown: fill the demo, print the tree. */
export interface FirstStep {
  /** Said in the terminal while it runs; null says nothing. */
  readonly title: { readonly zh: string; readonly en: string } | null
  run(context: FirstStepContext): Promise<void>
}
export interface FirstStepContext {
  readonly address: string
  /** A session of the first administrator, for steps that work through the API as a user would. */
  readonly token: string
  /** Prints lines in the terminal's language. */
  say(zh: string, en: string): void
  /** Aborted when the server is told to stop. */
  readonly signal: AbortSignal
}

export interface Flow {
  readonly directory: CachedDirectory
  readonly routes: readonly Bound[]
  readonly afterStart: readonly FirstStep[]
  readonly jobs: JobRunner
  /** Ends all background work, jobs first; the engines still run. */
  stop(graceMs: number): Promise<void>
}

/** The only place that knows all stages: how facts come in on the left and tags and audiences go out on the right. */
export async function wireFlow(ports: Ports): Promise<Flow> {
  const { postgres, clickhouse, masterKey, log } = ports
  const directory = makeDirectory(postgres.app)

  const prepareWorkspace: PrepareWorkspace = async ({ database }) => {
    await migrateWorkspaceDatabase(clickhouse, database)
  }
  for (const workspace of await inTransaction(postgres.app, listAllWorkspaces)) {
    if (workspace.state === 'creating') await completeWorkspace(postgres.app, workspace, prepareWorkspace)
    else if (workspace.state === 'ready') await prepareWorkspace(workspace)
  }

  const jobKinds: JobKind[] = []
  const jobs = runJobs({
    kinds: jobKinds,
    leases: makeJobLeases(postgres.worker, ports.processName),
    postgresUrl: postgres.url,
    log,
  })
  ports.metrics.gauge('tagtree_jobs_running', 'Jobs this process works on now', () => jobs.running())

  const routes: Bound[] = [
    ...governRoutes({ pool: postgres.app, directory, masterKey, prepareWorkspace, hasData: hasData(postgres) }),
    ...jobRoutes(postgres.app),
  ]
  const afterStart: FirstStep[] = []
  return {
    directory,
    routes,
    afterStart,
    jobs,
    stop: (graceMs) => jobs.stop(graceMs),
  }
}

/** Whether anything was ever brought into a workspace. */
function hasData(postgres: PostgresPools) {
  return (workspaceId: number) =>
    inWorkspace(postgres.app, workspaceId, async (tx) => {
      const { rows } = await tx.query('select from log_head where workspace_id = $1 and n > 0', [workspaceId])
      return rows.length > 0
    })
}
