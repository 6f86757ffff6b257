import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { Definition, TagDefinition } from '@tagtree/core/language/document'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { openConfined } from '../../store/confined-clickhouse.js'
import type { Tx } from '../../store/postgres.js'
import { lockCatalogue } from '../catalogue/scope.js'
import { readHeads } from '../run/heads.js'
import { checkSql, noteKind, sqlOf } from './check-sql.js'

export interface SqlGuardScope {
  readonly tx: Tx
  readonly workspaceId: number
  readonly clickhouse: WorkspaceClickHouse
  /** ms */
  readonly now: number
}

/**
 * Checks the statement of a definition before it is kept, when it has one; nothing of it runs. `isKept`: what it gives is
 * noted for the definitions that will use it.
 * @throws AppError DEFINITION_INVALID at /assign/given/sql | SQL_TAGS_NOT_SET_UP
 */
export async function guardSql(
  { tx, workspaceId, clickhouse, now }: SqlGuardScope,
  definition: Definition,
  catalog: Catalog,
  isKept: boolean,
): Promise<void> {
  const sql = sqlOf(definition)
  if (sql === null) return
  const heads = await readHeads(tx, workspaceId)
  const engine = { clickhouse, confined: openConfined(clickhouse), catalog, heads }
  const moment = { asOf: now, isNow: true, knownSeq: null, excludedImports: [], hiddenRuns: [] }
  const { columns } = await checkSql(engine, definition as TagDefinition, moment)
  if (!isKept) return
  await lockCatalogue({ tx, workspaceId, actorId: null })
  await noteKind(tx, workspaceId, sql, columns.kind)
}
