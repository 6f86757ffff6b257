import type { Catalog } from '@tagtree/core/catalog/catalog'
import type pg from 'pg'
import type { Vault } from '../../identify/identity-vault.js'
import type { ClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import type { ScanState } from '../../store/scan-state.js'
import type { CatalogueScope } from '../../tag/catalogue/scope.js'
import { guardSql } from '../../tag/sql/guard-sql.js'
import type { WorkspaceContext } from '../context.js'

/** What the routes of tags and segments are built on. */
export interface TagRouteDeps {
  readonly pool: pg.Pool
  readonly clickhouse: ClickHouse
  readonly vault: Vault
  readonly loadCatalog: (workspaceId: number) => Promise<Catalog>
  readonly readScanState: (workspaceId: number) => Promise<ScanState>
  /** Told after every change of what is published, so that the tags concerned run. */
  readonly onDefinitionsChanged: (workspaceId: number) => Promise<unknown>
  /** ms since 1970. */
  readonly now: () => number
}

/** Works on the catalogue in one transaction, as the one who asks; a program's key is nobody. */
export function inCatalogue<T>(
  { pool, clickhouse, now }: TagRouteDeps,
  { workspace, principal }: WorkspaceContext,
  work: (scope: CatalogueScope) => Promise<T>,
): Promise<T> {
  const actorId = principal.kind === 'person' ? principal.userId : null
  return inWorkspace(pool, workspace.id, (tx) => {
    const guard = { tx, workspaceId: workspace.id, clickhouse: clickhouse.workspace(workspace.database), now: now() }
    const checkSql: CatalogueScope['checkSql'] = (...given) => guardSql(guard, ...given)
    return work({ tx, workspaceId: workspace.id, actorId, checkSql })
  })
}
