import { createTestDatabase, type TestDatabase } from '@tagtree/engines/testing/engines-for-tests'
import { type CatalogStore, openCatalogStore } from '../store/catalog.js'
import { type ClickHouse, openClickHouse, type WorkspaceClickHouse } from '../store/clickhouse.js'
import { migratePostgres } from '../store/migrate.js'
import { inTransaction, openPostgres, type PostgresPools } from '../store/postgres.js'
import { prepareWorkspaceStore } from '../store/workspace-store.js'

/** One prepared, empty workspace on the shared engines. */
export interface TestWorkspace {
  readonly workspaceId: number
  readonly postgres: PostgresPools
  readonly clickhouse: ClickHouse
  /** The workspace's own database. */
  readonly events: WorkspaceClickHouse
  readonly catalogs: CatalogStore
  readonly database: TestDatabase
  close(): Promise<void>
}

/** Makes a workspace 云岚商城 in Shanghai with yuan; call it in `beforeAll` and `close` in `afterAll`. */
export async function createTestWorkspace(): Promise<TestWorkspace> {
  const database = await createTestDatabase()
  const postgres = openPostgres(database.databaseUrl)
  await migratePostgres(postgres.owner)
  const clickhouse = openClickHouse(database.clickhouse)
  const workspaceId = database.firstWorkspaceId
  const name = await inTransaction(postgres.app, async (tx) => {
    const { rows } = await tx.query<{ database: string }>(
      `insert into workspace (id, slug, name, time_zone, currency, state) overriding system value
       values ($1, 'test', '云岚商城', 'Asia/Shanghai', 'CNY', 'ready') returning database`,
      [workspaceId],
    )
    return rows[0]!.database
  })
  await prepareWorkspaceStore({ app: postgres.app, clickhouse }, { id: workspaceId, database: name })
  return {
    workspaceId,
    postgres,
    clickhouse,
    events: clickhouse.workspace(name),
    catalogs: openCatalogStore({ app: postgres.app, clickhouse }),
    database,
    close: async () => {
      await clickhouse.close()
      await postgres.close()
      await database.close()
    },
  }
}
