import type { Catalog, DefinitionEntry } from '@tagtree/core/catalog/catalog'
import { type CompileContext, type Compiled, compile, type FitValue } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import type pg from 'pg'
import type { StatementCost, WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import type { ScanState } from '../../store/scan-state.js'
import { fitHolds, keepFit, readFit } from './fit-store.js'
import { type FinishedRun, failRuns, publishRuns, type StartedRun, startRuns, unpublishedRuns } from './run-records.js'
import { type FitKeeper, solveFits } from './solve-fits.js'
import { writeColumn } from './write-column.js'
import { writePopulation } from './write-population.js'

export interface PassDeps {
  readonly pool: pg.Pool
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  readonly scan: ScanState
}

export interface PassRequest {
  readonly workspaceId: number
  /** Tags and segments of one subject kind, published ones. */
  readonly definitions: readonly DefinitionEntry[]
  readonly subject: string
  /** ms */
  readonly asOf: number
  /** asOf is the present moment, so folded attributes may be read instead of their history. */
  readonly isNow: boolean
  /** Fit anew even where the schedule would keep the cuts. */
  readonly refit: boolean
  readonly signal: AbortSignal
  /** Share done, 0 to 1. */
  readonly onProgress: (done: number) => Promise<void>
}

export interface PassResult {
  readonly clock: string
  readonly published: readonly string[]
  readonly superseded: readonly string[]
  readonly population: number
  readonly cost: StatementCost
}

/**
 * Computes many definitions of one subject kind in one pass and publishes them together.
 *
 * 1 note the runs · 2 fit what is relative · 3 stage all values with one SELECT · 4 write bitmaps, numbers and changes
 * · 5 publish in one transaction. Until step 5 no reader sees anything; after a crash the rows are removed.
 * @throws AppError RUN_FAILED; former values stay published
 */
export async function runPass(deps: PassDeps, request: PassRequest): Promise<PassResult> {
  const begun = performance.now()
  const compiled = compileFor(deps, request)
  const subjectNumber = deps.catalog.subjects.get(request.subject)!.number
  const targets = [
    { definitionId: `population:${request.subject}`, number: subjectNumber, version: 0 },
    ...request.definitions.map((entry) => ({ definitionId: entry.id, number: entry.number, version: entry.version })),
  ]
  const runs = await inWorkspace(deps.pool, request.workspaceId, (tx) =>
    startRuns(tx, request.workspaceId, targets, request.asOf, deps.scan.lastBatch),
  )
  const table = `run_${runs[0]!.passId}_${subjectNumber}`
  try {
    const cost = await stageValues(deps, request, compiled, table)
    await request.onProgress(0.6)
    const finished = await writeRuns(deps, request, compiled, table, runs)
    const total = { ...cost, ms: performance.now() - begun }
    const outcome = await inWorkspace(deps.pool, request.workspaceId, (tx) =>
      publishRuns(tx, request.workspaceId, finished, { asOf: request.asOf, lastBatch: deps.scan.lastBatch }, total),
    )
    await request.onProgress(1)
    return { ...outcome, population: finished[0]!.counts.population, cost: total }
  } catch (error) {
    await noteFailure(deps, request, runs, error)
    throw error
  } finally {
    await deps.clickhouse.command(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined)
  }
}

function compileFor(deps: PassDeps, request: PassRequest): Compiled {
  const context: CompileContext = {
    catalog: deps.catalog,
    database: deps.clickhouse.database,
    asOf: request.asOf,
    knownSeq: null,
    excludedImports: deps.scan.excludedImports,
    hasSuperseded: deps.scan.hasSuperseded,
    attributes: request.isNow ? 'current' : 'history',
    tags: { mode: 'recompute' },
  }
  const expanded = request.definitions.map((entry) => {
    const resolved = resolveDefinition(entry.body, deps.catalog)
    if (!resolved.ok) {
      throw new AppError('RUN_FAILED', {
        words: { name: entry.id, reason: resolved.issues[0]?.message ?? 'it no longer fits the catalogue' },
        issues: resolved.issues,
      })
    }
    return resolved.definition
  })
  return compile(expanded, context)
}

async function stageValues(
  deps: PassDeps,
  request: PassRequest,
  compiled: Compiled,
  table: string,
): Promise<{ rows: number; bytes: number }> {
  const versions = new Map(request.definitions.map((entry) => [entry.id, entry.version]))
  const keeper: FitKeeper = {
    find: async (step) => {
      if (request.refit) return null
      const stored = await inWorkspace(deps.pool, request.workspaceId, (tx) =>
        readFit(tx, request.workspaceId, step.definitionId, versions.get(step.definitionId) ?? 0, step.key),
      )
      return stored !== null && fitHolds(step.schedule, stored.asOf, request.asOf) ? (stored.value as FitValue) : null
    },
    keep: (step, value) =>
      inWorkspace(deps.pool, request.workspaceId, (tx) =>
        keepFit(
          tx,
          request.workspaceId,
          step.definitionId,
          versions.get(step.definitionId) ?? 0,
          step.key,
          request.asOf,
          value,
        ),
      ),
  }
  const { fits, cost: fitCost } = await solveFits(deps.clickhouse, compiled, keeper, request.signal)
  await request.onProgress(0.3)
  const statement = compiled.statement(fits)
  const options = { params: statement.params, signal: request.signal }
  await deps.clickhouse.command(
    `CREATE TABLE ${table} ENGINE = MergeTree ORDER BY profile_id EMPTY AS ${statement.sql}`,
    options,
  )
  const cost = await deps.clickhouse.command(`INSERT INTO ${table} ${statement.sql}`, options)
  return { rows: fitCost.rows + cost.rows, bytes: fitCost.bytes + cost.bytes }
}

async function writeRuns(
  deps: PassDeps,
  request: PassRequest,
  compiled: Compiled,
  table: string,
  runs: readonly StartedRun[],
): Promise<FinishedRun[]> {
  const [populationRun, ...definitionRuns] = runs
  const { heads, hidden } = await inWorkspace(deps.pool, request.workspaceId, async (tx) => ({
    heads: new Map(
      (
        await tx.query<{ number: number; base_run: string; value_type: string }>(
          `select number, base_run, value_type from tag_head where workspace_id = $1`,
          [request.workspaceId],
        )
      ).rows.map((row) => [row.number, row]),
    ),
    hidden: await unpublishedRuns(tx, request.workspaceId),
  }))
  const counts = await writePopulation(deps, request, populationRun!)
  const finished: FinishedRun[] = [{ ...populationRun!, valueType: 'codes', counts }]
  for (const [index, run] of definitionRuns.entries()) {
    request.signal.throwIfAborted()
    const head = heads.get(run.number)
    finished.push(
      await writeColumn(deps, {
        workspaceId: request.workspaceId,
        entry: request.definitions[index]!,
        column: compiled.columns[index]!,
        table,
        run,
        base: head ? { run: head.base_run, valueType: head.value_type } : null,
        asOf: request.asOf,
        population: counts.population,
        unpublishedRuns: hidden,
      }),
    )
    await request.onProgress(0.6 + (0.38 * (index + 1)) / definitionRuns.length)
  }
  return finished
}

async function noteFailure(
  deps: PassDeps,
  request: PassRequest,
  runs: readonly StartedRun[],
  error: unknown,
): Promise<void> {
  const told =
    error instanceof AppError
      ? { code: error.code, message: error.message }
      : { code: 'INTERNAL', message: 'the computation failed inside the engine' }
  const state = request.signal.aborted ? 'superseded' : 'failed'
  await inWorkspace(
    deps.pool,
    request.workspaceId,
    (tx) => failRuns(tx, request.workspaceId, runs, state, told),
    // When PostgreSQL is away too, the next start marks the runs as aborted.
  ).catch(() => undefined)
}
