import type { DefinitionEntry } from '@tagtree/core/catalog/catalog'
import type { CompileContext } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { TagDefinition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { openConfined } from '../../store/confined-clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import { checkSql, noteKind, type SqlEngine, sqlOf } from '../sql/check-sql.js'
import { sqlMoment, stageSql } from '../sql/stage-sql.js'
import { readHeads } from './heads.js'
import { publishRuns } from './publish-runs.js'
import { readPlaces } from './read-places.js'
import { computationError } from './run-error.js'
import { type PassDeps, type PassRequest, type PassResult, stateOf } from './run-pass.js'
import { failRuns, type StartedRun, startRuns, unpublishedRuns } from './run-records.js'
import { brokenError } from './sound-definitions.js'
import { writeColumn } from './write-column.js'

/** One SQL tag and how long its statement may take. */
export interface SqlTagRequest extends Omit<PassRequest, 'definitions'> {
  readonly entry: DefinitionEntry
  readonly seconds?: number
}

/**
 * Computes and publishes one SQL tag by itself, so that a statement that fails or never ends disturbs no other tag. It is
 * checked anew: views and functions may have changed since it was saved. Tags that use it read what is published here.
 * @throws AppError DEFINITION_BROKEN | RUN_FAILED (words.name is the tag) | RUN_CANCELED … when the request was aborted |
 * ENGINE_UNAVAILABLE
 */
export async function runSqlTag(deps: PassDeps, request: SqlTagRequest): Promise<PassResult> {
  const begun = performance.now()
  const { pool, clickhouse } = deps
  const { workspaceId, entry, asOf, kind, signal } = request
  const { run, heads, hidden } = await inWorkspace(pool, workspaceId, async (tx) => {
    const target = { definitionId: entry.id, number: entry.number, version: entry.version }
    const hiddenBefore = await unpublishedRuns(tx, workspaceId)
    const [started] = await startRuns(tx, workspaceId, [target], asOf, deps.scan.lastBatch, kind)
    return { run: started!, heads: await readHeads(tx, workspaceId), hidden: hiddenBefore }
  })
  const [poured, table] = [`run_${run.passId}_0`, `run_${run.passId}_${run.number}`]
  try {
    const definition = resolved(entry, deps)
    const engine: SqlEngine = { clickhouse, confined: openConfined(clickhouse), catalog: deps.catalog, heads }
    const context = contextOf(deps, request, hidden)
    const checked = await checkSql(engine, definition, sqlMoment(context))
    await inWorkspace(pool, workspaceId, (tx) => noteKind(tx, workspaceId, sqlOf(definition)!, checked.columns.kind))
    const { seconds } = request
    const limit = seconds === undefined ? {} : { seconds }
    const staged = await stageSql(engine, { definition, checked, context, poured, table, signal, ...limit })
    const finished = await writeColumn(deps, {
      workspaceId,
      entry,
      column: staged.column,
      table,
      run,
      place: await placeOf(deps, request, run),
      population: staged.population,
    })
    const cost = { ...staged.cost, ms: performance.now() - begun }
    const moment = { asOf, lastBatch: deps.scan.lastBatch }
    const outcome = await inWorkspace(pool, workspaceId, (tx) =>
      publishRuns(tx, workspaceId, [finished], moment, cost, kind),
    )
    return { ...outcome, broken: [], cost }
  } catch (thrown) {
    const error = endingOf(request, thrown)
    await inWorkspace(pool, workspaceId, (tx) => failRuns(tx, workspaceId, [run], stateOf(error), error)).catch(
      () => undefined, // When PostgreSQL is away too, the next run marks it as aborted.
    )
    throw error
  } finally {
    for (const name of [poured, table]) {
      await clickhouse.command(`DROP TABLE IF EXISTS ${name} SYNC`).catch(() => undefined)
    }
  }
}

function resolved(entry: DefinitionEntry, { catalog }: PassDeps): TagDefinition {
  const outcome = resolveDefinition(entry.body, catalog)
  if (!outcome.ok) throw brokenError(entry, outcome.issues)
  return outcome.definition as TagDefinition
}

function contextOf(deps: PassDeps, request: SqlTagRequest, hidden: readonly string[]): CompileContext {
  const { scan } = deps
  return {
    catalog: deps.catalog,
    database: deps.clickhouse.database,
    asOf: request.asOf,
    knownSeq: scan.knownSeq,
    excludedImports: scan.excludedImports,
    hasSuperseded: scan.hasSuperseded,
    attributes: request.isNow ? 'current' : 'history',
    tags: { mode: 'recompute', unpublishedRuns: hidden },
    blind: deps.blind,
  }
}

async function placeOf({ pool }: PassDeps, { workspaceId, asOf }: SqlTagRequest, run: StartedRun) {
  const places = await inWorkspace(pool, workspaceId, async (tx) =>
    readPlaces(tx, workspaceId, [run], asOf, await unpublishedRuns(tx, workspaceId)),
  )
  return places.get(run.runId)!
}

/** Why it ended, naming the tag: whoever reads it sees many. */
function endingOf({ signal, entry }: SqlTagRequest, thrown: unknown): AppError {
  if (signal.aborted) {
    const reason: unknown = signal.reason
    if (reason instanceof AppError) return reason
    return new AppError(reason === 'canceled' ? 'RUN_CANCELED' : 'RUN_INTERRUPTED')
  }
  const error = computationError(thrown, entry.id)
  if (error.code === 'DEFINITION_INVALID') return brokenError(entry, error.issues)
  if (error.code === 'ENGINE_UNAVAILABLE' || 'name' in error.words) return error
  const reason = { en: error.say('en').message, zh: error.say('zh').message }
  return new AppError('RUN_FAILED', { words: { name: entry.id, reason }, cause: error })
}
