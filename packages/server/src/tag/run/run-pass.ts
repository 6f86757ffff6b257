import type { Catalog, DefinitionEntry } from '@tagtree/core/catalog/catalog'
import type { CompileContext, Compiled, FitStep } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import type { BlindIdentity } from '../../identify/blind-identity.js'
import type { StatementCost, WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import { readProfilesAt, type ScanState } from '../../store/scan-state.js'
import { withProfilesAt } from '../history/knowledge.js'
import { type FitPlace, keepFit, keptFit } from './fit-store.js'
import { type FinishedRun, publishRuns } from './publish-runs.js'
import { readPlaces } from './read-places.js'
import { computationError } from './run-error.js'
import {
  failRuns,
  POPULATION_VERSION,
  type RunKind,
  type StartedRun,
  startRuns,
  unpublishedRuns,
  type ValueCounts,
} from './run-records.js'
import { type FitKeeper, solveFits } from './solve-fits.js'
import { compileSound, type SoundPass } from './sound-definitions.js'
import { runSettings } from './write-codes.js'
import { writeColumn } from './write-column.js'
import { countPopulation, writePopulation } from './write-population.js'

export interface PassDeps {
  readonly pool: pg.Pool
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  readonly scan: ScanState
  /** For conditions on identities. */
  readonly blind: BlindIdentity
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
  readonly kind: RunKind
  /** Only these profiles, and nothing of the others; of a correction. */
  readonly only?: readonly number[]
  /** Fit anew even where the schedule would keep the cuts. */
  readonly refit: boolean
  readonly signal: AbortSignal
  /** Share done, 0 to 1. */
  readonly onProgress: (done: number) => Promise<void>
}

export interface PassResult {
  /** null = nothing was published. */
  readonly clock: string | null
  readonly published: readonly string[]
  readonly superseded: readonly string[]
  /** What could not be computed, each with its reason; their former values stay published. */
  readonly broken: readonly AppError[]
  readonly cost: StatementCost
}

/** A begun pass: what it computes and under which runs, the population's first. */
interface BegunPass {
  readonly sound: SoundPass
  /** What it was compiled for: everything known when it began, and nothing that comes later. */
  readonly context: CompileContext
  readonly population: StartedRun
  /** Run i belongs to sound entry i. */
  readonly runs: readonly StartedRun[]
  /** Staging table. */
  readonly table: string
}

/**
 * Computes many definitions of one subject kind in one pass and publishes them together.
 *
 * 1 note the runs · 2 fit what is relative · 3 stage all values with one SELECT · 4 write bitmaps, numbers and changes
 * · 5 publish in one transaction. Until step 5 no reader sees anything; after a crash the rows are removed. The caller
 * holds the lock of runs. Everything is of what was known when it began: where profiles or attributes changed meanwhile,
 * step 3 is done again from their history.
 * @throws AppError RUN_FAILED | RUN_SUPERSEDED | RUN_CANCELED | RUN_INTERRUPTED | ENGINE_UNAVAILABLE; former values stay
 * published
 */
export async function runPass(deps: PassDeps, request: PassRequest): Promise<PassResult> {
  const begun = performance.now()
  const pass = await beginPass(deps, request)
  const all = [pass.population, ...pass.runs]
  try {
    const { cost, people } = await stagePass(deps, request, pass)
    await request.onProgress(0.6)
    const finished = await writeRuns(deps, request, pass, people)
    const total = { ...cost, ms: performance.now() - begun }
    const moment = { asOf: request.asOf, lastBatch: deps.scan.lastBatch }
    const outcome = await inWorkspace(deps.pool, request.workspaceId, (tx) =>
      publishRuns(tx, request.workspaceId, finished, moment, total, request.kind),
    )
    await request.onProgress(1)
    return { ...outcome, broken: pass.sound.broken.map(({ error }) => error), cost: total }
  } catch (thrown) {
    const error = endingOf(request, thrown)
    await inWorkspace(deps.pool, request.workspaceId, (tx) =>
      failRuns(tx, request.workspaceId, all, stateOf(error), error),
    ).catch(() => undefined) // When PostgreSQL is away too, the next run marks them as aborted.
    throw error
  } finally {
    await deps.clickhouse.command(`DROP TABLE IF EXISTS ${pass.table} SYNC`).catch(() => undefined)
  }
}

/** Notes the runs; those of definitions that cannot be computed end at once, with the reason. */
async function beginPass(deps: PassDeps, request: PassRequest): Promise<BegunPass> {
  const { pool, catalog, scan } = deps
  const { workspaceId, subject, asOf } = request
  const hidden = await inWorkspace(pool, workspaceId, (tx) => unpublishedRuns(tx, workspaceId))
  const context: CompileContext = {
    catalog,
    database: deps.clickhouse.database,
    asOf,
    knownSeq: scan.knownSeq,
    excludedImports: scan.excludedImports,
    hasSuperseded: scan.hasSuperseded,
    attributes: request.isNow ? 'current' : 'history',
    tags: { mode: 'recompute', unpublishedRuns: hidden },
    blind: deps.blind,
    ...(request.only === undefined ? {} : { restrict: { profiles: request.only } }),
  }
  const sound = compileSound(request.definitions, context)
  const { number } = catalog.subjects.get(subject)!
  const targetOf = (entry: DefinitionEntry) => ({
    definitionId: entry.id,
    number: entry.number,
    version: entry.version,
  })
  const targets = [
    { definitionId: `population:${subject}`, number, version: POPULATION_VERSION },
    ...sound.entries.map(targetOf),
    ...sound.broken.map(({ entry }) => targetOf(entry)),
  ]
  return inWorkspace(pool, workspaceId, async (tx) => {
    const [population, ...runs] = await startRuns(tx, workspaceId, targets, asOf, scan.lastBatch, request.kind)
    for (const [index, { error }] of sound.broken.entries()) {
      await failRuns(tx, workspaceId, [runs[sound.entries.length + index]!], 'failed', error)
    }
    const table = `run_${population!.passId}_${number}`
    return { sound, context, population: population!, runs: runs.slice(0, sound.entries.length), table }
  })
}

interface StagedPass {
  readonly cost: { readonly rows: number; readonly bytes: number }
  /** Who was alive. */
  readonly people: ValueCounts
}

/** Stages values and population as they were known when the pass began. */
async function stagePass(deps: PassDeps, request: PassRequest, pass: BegunPass): Promise<StagedPass> {
  const cost = await stageValues(deps, request, pass, pass.sound.compiled, false)
  const people = await writePopulation(deps, request, pass.population, null)
  if (!(await hasMoved(deps, request.workspaceId, pass.context))) return { cost, people }
  const { clickhouse, scan } = deps
  await clickhouse.command(`DROP TABLE IF EXISTS ${pass.table} SYNC`)
  await clickhouse.command('DELETE FROM tag_bitmaps WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64}', {
    params: { tag: pass.population.number, run: pass.population.runId },
  })
  return withProfilesAt(deps, request.workspaceId, scan.knownSeq, async (profileMap) => {
    const context = { ...pass.context, attributes: 'history', ...(profileMap === null ? {} : { profileMap }) } as const
    const { compiled } = compileSound(pass.sound.entries, context)
    const again = await stageValues(deps, request, pass, compiled, true)
    return {
      cost: { rows: cost.rows + again.rows, bytes: cost.bytes + again.bytes },
      people: await writePopulation(deps, request, pass.population, profileMap),
    }
  })
}

/** Whether what has no row number to be bound was changed by facts that came after the pass began. */
async function hasMoved(
  { pool, clickhouse }: PassDeps,
  workspaceId: number,
  { knownSeq, attributes }: CompileContext,
): Promise<boolean> {
  if ((await readProfilesAt(pool, workspaceId, knownSeq!)).size > 0) return true
  if (attributes === 'history') return false
  const newer = await clickhouse.query('SELECT 1 FROM attributes WHERE version > {known:UInt64} LIMIT 1', {
    params: { known: knownSeq },
  })
  return newer.length > 0
}

async function stageValues(
  { pool, clickhouse, catalog }: PassDeps,
  { workspaceId, refit, asOf, signal, onProgress }: PassRequest,
  { sound, context, table }: BegunPass,
  compiled: Compiled | null,
  isAgain: boolean,
): Promise<{ rows: number; bytes: number }> {
  if (compiled === null) return { rows: 0, bytes: 0 }
  // Cuts belong to the version they were made for, also those of a definition that is only used here.
  const placeOf = ({ definitionId, key }: FitStep): FitPlace => ({
    definitionId,
    version: catalog.definitions.get(definitionId)?.version ?? 0,
    key,
  })
  const keeper: FitKeeper = {
    find: async (step) => {
      if (refit) return null
      return inWorkspace(pool, workspaceId, (tx) =>
        // What the first attempt has just kept was made from what came meanwhile.
        keptFit(tx, workspaceId, placeOf(step), step.schedule, { asOf, before: isAgain }),
      )
    },
    keep: (step, value) =>
      inWorkspace(pool, workspaceId, (tx) => {
        const { definitionId, version, key } = placeOf(step)
        return keepFit(tx, workspaceId, definitionId, version, key, asOf, value)
      }),
  }
  // Cuts are learnt from everybody, whoever is computed.
  const { restrict, ...everybody } = context
  const learnt = restrict === undefined ? compiled : compileSound(sound.entries, everybody).compiled!
  const { fits, cost: fitCost } = await solveFits(clickhouse, learnt, keeper, signal)
  await onProgress(0.3)
  const cost = await fillTable(clickhouse, table, compiled.statement(fits), signal)
  return { rows: fitCost.rows + cost.rows, bytes: fitCost.bytes + cost.bytes }
}

async function fillTable(
  clickhouse: WorkspaceClickHouse,
  table: string,
  { sql, params }: ReturnType<Compiled['statement']>,
  signal: AbortSignal,
): Promise<StatementCost> {
  const options = { params, signal, settings: runSettings }
  await clickhouse.command(`CREATE TABLE ${table} ENGINE = MergeTree ORDER BY profile_id EMPTY AS ${sql}`, options)
  return clickhouse.command(`INSERT INTO ${table} ${sql}`, options)
}

async function writeRuns(
  deps: PassDeps,
  request: PassRequest,
  { sound, population, runs, table }: BegunPass,
  counts: ValueCounts,
): Promise<FinishedRun[]> {
  const { workspaceId, asOf, signal, onProgress } = request
  const places = await inWorkspace(deps.pool, workspaceId, async (tx) =>
    readPlaces(tx, workspaceId, runs, asOf, await unpublishedRuns(tx, workspaceId), request.only),
  )
  const finished: FinishedRun[] = [{ ...population, valueType: 'codes', counts }]
  for (const [index, run] of runs.entries()) {
    signal.throwIfAborted()
    finished.push(
      await writeColumn(deps, {
        workspaceId,
        entry: sound.entries[index]!,
        column: sound.compiled!.columns[index]!,
        table,
        run,
        place: places.get(run.runId)!,
        population: countPopulation(sound.entries[index]!.body, counts),
      }),
    )
    await onProgress(0.6 + (0.38 * (index + 1)) / runs.length)
  }
  return finished
}

/** Why the pass ended: an aborted signal says it by its reason. */
function endingOf({ signal, definitions }: PassRequest, thrown: unknown): AppError {
  if (signal.aborted) {
    const reason: unknown = signal.reason
    if (reason instanceof AppError) return reason
    return new AppError(reason === 'canceled' ? 'RUN_CANCELED' : 'RUN_INTERRUPTED')
  }
  const ids = definitions.map((entry) => entry.id)
  return computationError(thrown, ids.length > 3 ? `${ids.slice(0, 3).join(', ')} …` : ids.join(', '))
}

/** In which state a run ends with an error. */
export function stateOf(error: AppError): 'failed' | 'aborted' | 'superseded' {
  if (error.code === 'RUN_SUPERSEDED') return 'superseded'
  return error.code === 'RUN_CANCELED' || error.code === 'RUN_INTERRUPTED' ? 'aborted' : 'failed'
}
