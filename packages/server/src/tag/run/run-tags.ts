import type { Catalog, DefinitionEntry } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { makeBlindIdentity } from '../../identify/blind-identity.js'
import type { Vault } from '../../identify/identity-vault.js'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import type { ScanState } from '../../store/scan-state.js'
import { KIND_WORDS } from '../catalogue/kind-words.js'
import { followLists } from '../lists/follow-lists.js'
import { sqlOf } from '../sql/check-sql.js'
import { deleteLeftovers, dropStrayTables, findLeftovers, markCleaned } from './clean-runs.js'
import { readHeads, type TagHead } from './heads.js'
import { inRunTurn } from './run-lock.js'
import { type PassDeps, type PassResult, runPass } from './run-pass.js'
import { abortDeadRuns, type RunKind } from './run-records.js'
import { runSqlTag, type SqlTagRequest } from './run-sql-tag.js'

export interface RunTagsDeps {
  readonly pool: pg.Pool
  readonly clickhouse: WorkspaceClickHouse
  readonly vault: Vault
  /** Both are read anew for every call, so that a run sees the newest names and data. */
  readonly loadCatalog: (workspaceId: number) => Promise<Catalog>
  readonly readScanState: (workspaceId: number) => Promise<ScanState>
}

export interface RunTagsRequest {
  readonly workspaceId: number
  /** undefined = every published tag and segment. */
  readonly ids?: readonly string[] | undefined
  /** ms; undefined = now. */
  readonly asOf?: number | undefined
  readonly now: number
  /** What the runs are published as; default base. Others need `asOf`. */
  readonly kind?: RunKind
  /** Only these profiles, and nothing of the others; of a correction. */
  readonly only?: readonly number[]
  readonly refit: boolean
  readonly signal: AbortSignal
  readonly onProgress: (done: number) => Promise<void>
}

export interface RunTagsResult {
  readonly published: readonly string[]
  readonly superseded: readonly string[]
  /** Ids of those that can no longer be computed; why is told by their runs. */
  readonly broken: readonly string[]
  readonly clock: string | null
  readonly rows: number
  readonly bytes: number
  readonly ms: number
}

/**
 * Runs tags and segments, one pass per subject kind. A tag used by another is computed inside the same statement, so no
 * order between tags of a pass is needed and none can be half new.
 * @throws AppError NOT_FOUND for an unknown id | DEFINITION_BROKEN when nothing that was asked for can be computed | what
 * `runPass` throws
 */
export function runTags(deps: RunTagsDeps, request: RunTagsRequest): Promise<RunTagsResult> {
  return inRunTurn(deps.pool, request.workspaceId, () => runInTurn(deps, request))
}

async function runInTurn(deps: RunTagsDeps, request: RunTagsRequest): Promise<RunTagsResult> {
  await cleanLeftovers(deps, request.workspaceId)
  const catalog = await deps.loadCatalog(request.workspaceId)
  const scan = await deps.readScanState(request.workspaceId)
  const moment = { asOf: request.now, lastBatch: scan.lastBatch }
  await followLists({ pool: deps.pool, clickhouse: deps.clickhouse }, request.workspaceId, catalog, moment)
  const heads = await inWorkspace(deps.pool, request.workspaceId, (tx) => readHeads(tx, request.workspaceId))
  const groups = bySubject(chooseDefinitions(catalog, request.ids, heads), catalog)
  const blind = makeBlindIdentity(deps.vault, request.workspaceId, catalog)
  const results: PassResult[] = []
  for (const [index, [subject, definitions]] of groups.entries()) {
    const passDeps = { pool: deps.pool, clickhouse: deps.clickhouse, catalog, scan, blind }
    const pass = {
      workspaceId: request.workspaceId,
      subject,
      asOf: request.asOf ?? request.now,
      isNow: request.asOf === undefined,
      kind: request.kind ?? 'base',
      refit: request.refit,
      signal: request.signal,
      onProgress: (done: number) => request.onProgress((index + done) / groups.length),
    }
    const [asked, computed] = parted(definitions)
    // First, because the others read what these publish; their new values have codes by then.
    for (const entry of asked) results.push(await sqlTagApart(passDeps, { ...pass, entry }))
    const names = asked.length === 0 ? catalog : await deps.loadCatalog(request.workspaceId)
    const only = request.only === undefined ? {} : { only: request.only }
    results.push(await runPass({ ...passDeps, catalog: names }, { ...pass, ...only, definitions: computed }))
  }
  const published = results.flatMap((result) => result.published).filter((id) => !id.startsWith('population:'))
  const broken = results.flatMap((result) => result.broken)
  if (request.ids !== undefined && published.length === 0 && broken[0]) throw broken[0]
  return {
    published,
    superseded: results.flatMap((result) => result.superseded),
    broken: broken.map((error) => String(error.words.name)),
    clock: results.findLast((result) => result.clock !== null)?.clock ?? null,
    rows: sum(results.map((result) => result.cost.rows)),
    bytes: sum(results.map((result) => result.cost.bytes)),
    ms: sum(results.map((result) => result.cost.ms)),
  }
}

/** SQL tags, and all others. */
function parted(definitions: readonly DefinitionEntry[]): [DefinitionEntry[], DefinitionEntry[]] {
  const isAsked = (entry: DefinitionEntry): boolean => sqlOf(entry.body) !== null
  return [definitions.filter(isAsked), definitions.filter((entry) => !isAsked(entry))]
}

/** Runs a SQL tag; one that cannot be computed is told like any other and holds up nothing. */
async function sqlTagApart(deps: PassDeps, request: SqlTagRequest): Promise<PassResult> {
  try {
    return await runSqlTag(deps, request)
  } catch (error) {
    const isItsOwn = error instanceof AppError && 'name' in error.words && !request.signal.aborted
    if (!isItsOwn) throw error
    return { clock: null, published: [], superseded: [], broken: [error], cost: { rows: 0, bytes: 0, ms: 0 } }
  }
}

/** Whether a run computes it. */
export function isRunnable(entry: DefinitionEntry): boolean {
  return !entry.archived && (entry.kind === 'tag' || entry.kind === 'segment')
}

/** Without a word everything but segments that are taken by hand: these stay as they were until somebody asks for them. */
function chooseDefinitions(
  catalog: Catalog,
  ids: readonly string[] | undefined,
  heads: ReadonlyMap<number, TagHead>,
): DefinitionEntry[] {
  const isTaken = ({ body, number, version }: DefinitionEntry): boolean =>
    body.kind === 'segment' && body.refresh === 'manual' && heads.get(number)?.version === version
  if (ids === undefined)
    return [...catalog.definitions.values()].filter((entry) => isRunnable(entry) && !isTaken(entry))
  return [...new Set(ids)].map((id) => {
    const entry = catalog.definitions.get(id)
    if (entry && isRunnable(entry)) return entry
    throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.tag, name: id } })
  })
}

/** Subject kinds with at least one definition; the population of a kind is published with its first pass. */
function bySubject(definitions: readonly DefinitionEntry[], catalog: Catalog): [string, DefinitionEntry[]][] {
  const groups = new Map<string, DefinitionEntry[]>()
  for (const entry of definitions) {
    const subject = entry.body.subject ?? 'person'
    groups.set(subject, [...(groups.get(subject) ?? []), entry])
  }
  return [...catalog.subjects.keys()].flatMap((subject) => {
    const group = groups.get(subject)
    return group ? [[subject, group] as [string, DefinitionEntry[]]] : []
  })
}

/** Whatever is marked as running is not, for the lock of runs is ours. */
async function cleanLeftovers({ pool, clickhouse }: RunTagsDeps, workspaceId: number): Promise<void> {
  const leftovers = await inWorkspace(pool, workspaceId, async (tx) => {
    await abortDeadRuns(tx, workspaceId)
    return findLeftovers(tx, workspaceId)
  })
  await dropStrayTables(clickhouse)
  if (leftovers.unpublished.length + leftovers.replaced.length === 0) return
  await deleteLeftovers(clickhouse, leftovers)
  await inWorkspace(pool, workspaceId, (tx) => markCleaned(tx, workspaceId, leftovers))
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
