import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { Definition } from '@tagtree/core/language/document'
import type { Tx } from '../../store/postgres.js'

/** Who changes what: every catalogue function runs inside the caller's transaction. */
export interface CatalogueScope {
  readonly tx: Tx
  readonly workspaceId: number
  /** null for the system itself. */
  readonly actorId: number | null
  /** Checks the statement of a SQL tag, which needs the engine; `isKept`: the definition is about to be stored. */
  readonly checkSql?: (definition: Definition, catalog: Catalog, isKept: boolean) => Promise<void>
}

/** States of categories and definitions; a deleted one keeps its row, so that undoing brings it back whole. */
export type CatalogueState = 'live' | 'archived' | 'deleted'

/** First number of the catalogue's advisory lock; the second is the workspace. */
const CATALOGUE_LOCK = 7421

/** Changes of one workspace's catalogue follow each other, so that a check still holds when its change is written. */
export async function lockCatalogue(scope: CatalogueScope): Promise<void> {
  await scope.tx.query('select pg_advisory_xact_lock($1, $2)', [CATALOGUE_LOCK, scope.workspaceId])
}
