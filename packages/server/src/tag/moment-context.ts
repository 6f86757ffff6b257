import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { CompileContext } from '@tagtree/core/compile/compile'
import type pg from 'pg'
import type { BlindIdentity } from '../identify/blind-identity.js'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import { inWorkspace } from '../store/postgres.js'
import type { ScanState } from '../store/scan-state.js'
import { type Knowledge, withKnowledge } from './history/knowledge.js'
import { keptFit } from './run/fit-store.js'
import type { FitKeeper } from './run/solve-fits.js'

/** What computing a definition for some moment needs, without saving anything. */
export interface MomentScope {
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  readonly scan: ScanState
  /** Runs whose rows must not be read. */
  readonly hidden: readonly string[]
  /** For conditions on identities. */
  readonly blind: BlindIdentity
  /** What was known at another moment; absent = everything known now. */
  readonly known?: Knowledge
  /** Fits that are not to be made anew. */
  readonly fits?: FitKeeper
}

/**
 * The context of a computation for one moment. `asOf` in ms, null = now. The current attributes serve only the present
 * as it is known now; any other moment folds their history.
 */
export function momentContext(scope: MomentScope, asOf: number | null, now: number): CompileContext {
  const { known, scan } = scope
  return {
    catalog: scope.catalog,
    database: scope.clickhouse.database,
    asOf: asOf ?? now,
    knownSeq: known?.knownSeq ?? null,
    excludedImports: known?.excludedImports ?? scan.excludedImports,
    hasSuperseded: scan.hasSuperseded,
    attributes: asOf === null && known === undefined ? 'current' : 'history',
    tags: { mode: 'recompute', unpublishedRuns: known?.hidden ?? scope.hidden },
    blind: scope.blind,
    ...(known === undefined || known.profileMap === null ? {} : { profileMap: known.profileMap }),
  }
}

/**
 * Works as it was known at a moment (ms; null = now): with the rows, the identities and the fits of then. A fit that held
 * is used as the run of that moment used it; without another knowledge everything is fitted for its own moment.
 * @throws AppError KNOWLEDGE_GONE
 */
export function asKnown<Scope extends MomentScope, T>(
  { pool, workspaceId }: { readonly pool: pg.Pool; readonly workspaceId: number },
  scope: Scope,
  moment: { readonly asOf: number; readonly knownAt: number | null },
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  const { asOf, knownAt } = moment
  if (knownAt === null) return work(scope)
  const fits: FitKeeper = {
    find: ({ definitionId, key, schedule }) => {
      const version = scope.catalog.definitions.get(definitionId)?.version ?? 0
      const place = { definitionId, version, key }
      return inWorkspace(pool, workspaceId, (tx) => keptFit(tx, workspaceId, place, schedule, { asOf, knownAt }))
    },
    keep: async () => undefined,
  }
  const deps = { pool, clickhouse: scope.clickhouse }
  return withKnowledge(deps, workspaceId, knownAt, (known) => work({ ...scope, known, fits }))
}
