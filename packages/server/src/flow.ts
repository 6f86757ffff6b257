import type { Incoming } from '@tagtree/core/collect/incoming'
import type { Engines } from '@tagtree/engines/engines'
import type { Logger } from 'pino'
import { createApplier } from './collect/applier/applier.js'
import { openFileStore } from './collect/import/file-store.js'
import { openLog } from './collect/log.js'
import type { Config } from './config.js'
import type { FirstStep } from './first-run/first-step.js'
import { demoStep } from './first-run/load-demo.js'
import { treeStep } from './first-run/print-tree.js'
import { type CachedDirectory, makeDirectory } from './govern/directory.js'
import { completeWorkspace, listAllWorkspaces, type PrepareWorkspace } from './govern/workspaces.js'
import type { Bound } from './http/bind.js'
import type { Metrics } from './http/metrics.js'
import { audienceRoutes } from './http/routes/audience.js'
import { calendarRoutes } from './http/routes/calendar.js'
import { catalogueRoutes } from './http/routes/catalogue.js'
import { collectRoutes } from './http/routes/collect.js'
import { explainRoutes } from './http/routes/explain.js'
import { governRoutes } from './http/routes/govern.js'
import { historyRoutes } from './http/routes/history.js'
import { importRoutes } from './http/routes/import.js'
import { jobRoutes } from './http/routes/jobs.js'
import { listRoutes } from './http/routes/list.js'
import { nameRoutes } from './http/routes/names.js'
import { planRoutes } from './http/routes/plan.js'
import { rateRoutes } from './http/routes/rates.js'
import { segmentRoutes } from './http/routes/segment.js'
import { subjectRoutes } from './http/routes/subject.js'
import { subjectTagRoutes } from './http/routes/subject-tags.js'
import { tagRoutes } from './http/routes/tag.js'
import { openVault } from './identify/identity-vault.js'
import { backfillJob } from './jobs/backfill-job.js'
import { correctionJob } from './jobs/correction-job.js'
import { importJobs } from './jobs/import-jobs.js'
import type { JobKind } from './jobs/job-kind.js'
import { makeJobLeases } from './jobs/job-lease.js'
import { type JobRunner, runJobs } from './jobs/run-jobs.js'
import { orderAutomaticRun, tagRunJob } from './jobs/tag-run-job.js'
import { makeMemberReader } from './segment/member-reader.js'
import { openCatalogStore } from './store/catalog.js'
import type { ClickHouse } from './store/clickhouse.js'
import { readLogLag } from './store/log-lag.js'
import { inTransaction, inWorkspace, type PostgresPools } from './store/postgres.js'
import { readScanState } from './store/scan-state.js'
import { prepareWorkspaceStore, readDatabaseName } from './store/workspace-store.js'
import { abortOrphanRuns } from './tag/run/clean-runs.js'
import { makeTagRunner } from './tag/run/tag-runner.js'

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

  const prepareWorkspace: PrepareWorkspace = async ({ id, database }) => {
    await prepareWorkspaceStore({ app: postgres.app, clickhouse }, { id, database })
    await inWorkspace(postgres.app, id, (tx) => abortOrphanRuns(tx, id))
  }
  for (const workspace of await inTransaction(postgres.app, listAllWorkspaces)) {
    if (workspace.state === 'creating') await completeWorkspace(postgres.app, workspace, prepareWorkspace)
    else if (workspace.state === 'ready') await prepareWorkspace(workspace)
  }

  const vault = openVault(masterKey)
  const clickhouseOf = async (workspaceId: number) =>
    clickhouse.workspace(await readDatabaseName(postgres.app, workspaceId))
  const catalogs = openCatalogStore({ app: postgres.app, clickhouse })
  const scanState = (workspaceId: number) => readScanState(postgres.app, workspaceId)
  const runDepsOf = async (workspaceId: number) => ({
    pool: postgres.app,
    clickhouse: await clickhouseOf(workspaceId),
    vault,
    loadCatalog: catalogs.load,
    readScanState: scanState,
  })
  const runner = makeTagRunner(runDepsOf)
  /** Tags follow what they are computed from: data that was stored, and definitions that were published. */
  const tagsFollow = (what: 'data' | 'definitions') => (workspaceId: number) => {
    runner.noteChange(workspaceId, what)
    return orderAutomaticRun(postgres.app, workspaceId)
  }
  const tagDeps = {
    pool: postgres.app,
    clickhouse,
    vault,
    loadCatalog: catalogs.load,
    readScanState: scanState,
    onDefinitionsChanged: tagsFollow('definitions'),
    now: () => Date.now(),
  }

  // Who has the lock of the data directory is the only one on the PostgreSQL in it.
  const isAlone = ports.engines.postgres.embedded
  const facts = openLog({ app: postgres.app })
  const applier = createApplier({
    postgres,
    clickhouse,
    vault,
    isAlone,
    onError: (workspaceId, error) =>
      log.warn({ err: error, workspaceId }, 'the log could not be applied; trying again'),
  })
  await applier.start()

  const collect = async (workspaceId: number, records: readonly Incoming[]) => {
    const { logNo } = await facts.append(workspaceId, { source: 'api', importId: 0, records })
    await applier.whenStored(workspaceId, logNo)
  }

  const files = openFileStore(ports.config.dataDirectory, postgres.app)
  const timeZoneOf = async (workspaceId: number) => (await catalogs.load(workspaceId)).timeZone
  const importDeps = {
    ...{ pool: postgres.app, log: facts, applier, files, clickhouseOf, timeZoneOf },
    onDataStored: tagsFollow('data'),
  }

  const members = makeMemberReader({ pool: postgres.app, vault, loadCatalog: catalogs.load, clickhouseOf })

  const jobKinds: JobKind[] = [
    tagRunJob({ pool: postgres.app, runner, loadCatalog: catalogs.load, now: tagDeps.now }),
    backfillJob({ depsOf: runDepsOf, runner, now: tagDeps.now }),
    correctionJob({ depsOf: runDepsOf, runner, now: tagDeps.now }),
    ...importJobs(importDeps),
  ]
  const leases = makeJobLeases(postgres.worker, ports.processName)
  if (isAlone) await leases.endForeign()
  const jobs = runJobs({
    kinds: jobKinds,
    leases,
    postgresUrl: postgres.url,
    log,
  })
  ports.metrics.gauge('tagtree_jobs_running', 'Jobs this process works on now', () => jobs.running())
  ports.metrics.gauges('tagtree_log_lag', 'Facts acknowledged but not yet applied', 'workspace', async () => {
    const workspaces = (await inTransaction(postgres.app, listAllWorkspaces)).filter(({ state }) => state === 'ready')
    const lags = await Promise.all(workspaces.map(({ id }) => readLogLag(postgres.app, id)))
    return Object.fromEntries(workspaces.map(({ slug }, at) => [slug, lags[at]!]))
  })

  const tagRunDeps = { ...tagDeps, declare: catalogs.declare, collect, onDataStored: tagsFollow('data') }
  const routes: Bound[] = [
    ...governRoutes({ pool: postgres.app, directory, masterKey, prepareWorkspace, hasData: hasData(postgres) }),
    ...jobRoutes(postgres.app),
    ...collectRoutes({ log: facts, now: tagDeps.now }),
    ...importRoutes({ pool: postgres.app, files, vault, now: tagDeps.now }),
    ...nameRoutes(tagDeps),
    ...calendarRoutes(tagDeps),
    ...rateRoutes(tagDeps),
    ...subjectRoutes(tagDeps),
    ...catalogueRoutes(tagDeps),
    ...planRoutes(tagDeps),
    ...subjectTagRoutes(tagDeps),
    ...explainRoutes(tagDeps),
    ...tagRoutes(tagRunDeps),
    ...segmentRoutes({ ...tagDeps, members }),
    ...historyRoutes({ ...tagRunDeps, members }),
    ...listRoutes({ ...tagDeps, files }),
    ...audienceRoutes({ ...tagDeps, members }),
  ]
  const { config } = ports
  const afterStart = [
    ...(config.demo ? [demoStep({ dataDirectory: config.dataDirectory })] : []),
    treeStep(config.language),
  ]
  return {
    directory,
    routes,
    afterStart,
    jobs,
    stop: async (graceMs) => {
      await jobs.stop(graceMs)
      await facts.close()
      await applier.stop()
    },
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
