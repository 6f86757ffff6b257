import { randomBytes } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'
import { inject } from 'vitest'
import { askClickHouse } from '../clickhouse/http.js'
import type { ClickHouseConnection, Engines } from '../engines.js'
import { connectByUrl } from '../postgres/connect.js'
import { ensureSchema } from '../postgres/roles.js'
import type { SharedEngines } from './shared-engines.js'

/** A place of its own for one test file, on the engines that the whole run shares. */
export interface TestDatabase {
  /** A fresh PostgreSQL database with the schema `tagtree`, without tables; login as in production. */
  readonly databaseUrl: string
  readonly clickhouse: ClickHouseConnection
  /**
   * Workspaces of this test take the ids from here to here + 999. Their ClickHouse databases (ws_NNNN) then never meet
   * those of another test file, and `close` drops them.
   */
  readonly firstWorkspaceId: number
  /** The same as the server gets it from startEngines; its `stop` leaves the shared engines alone. */
  readonly engines: Engines
  /**
   * Ends the sessions and drops the ClickHouse databases. The PostgreSQL database goes with the run: dropping one takes
   * a checkpoint, longer than most test files.
   */
  close(): Promise<void>
}

/**
 * Makes a TestDatabase; call it in `beforeAll` and `close` in `afterAll`. The first call of a run starts the engines
 * (about 2 s). They are shared: to crash or restart an engine, start a pair of your own with startEngines.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const shared = await askForEngines()
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser(shared, undefined, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`))
  await asSuperuser(shared, name, (client) => ensureSchema(client, name))
  const databaseUrl = inDatabase(shared.loginUrl, name)
  return {
    databaseUrl,
    clickhouse: shared.clickhouse,
    firstWorkspaceId: shared.firstWorkspaceId,
    engines: {
      postgres: { url: databaseUrl, embedded: true },
      clickhouse: shared.clickhouse,
      versions: shared.versions,
      state: () => ({ postgres: 'up', clickhouse: 'up' }),
      onState: () => () => undefined,
      whenUp: async () => undefined,
      stop: async () => undefined,
    },
    async close() {
      const end = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1'
      await asSuperuser(shared, undefined, (client) => client.query(end, [name]))
      await dropWorkspaces(shared)
    },
  }
}

/** One statement for ClickHouse, its text answer back. @throws Error with ClickHouse's words */
export async function clickhouseText(connection: ClickHouseConnection, sql: string): Promise<string> {
  const answer = await askClickHouse(connection, sql, 60_000)
  if (answer.status !== 200) throw new AppError('INTERNAL', { cause: answer.text })
  return answer.text
}

async function askForEngines(): Promise<SharedEngines> {
  const response = await fetch(inject('sharedEngines'), { headers: { connection: 'close' } })
  if (!response.ok) {
    throw new AppError('ENGINE_START_FAILED', {
      words: { engine: 'test', reason: await response.text(), logFile: '-' },
    })
  }
  return (await response.json()) as SharedEngines
}

async function dropWorkspaces(shared: SharedEngines): Promise<void> {
  const { clickhouse, firstWorkspaceId } = shared
  const names = await clickhouseText(clickhouse, `SELECT name FROM system.databases WHERE name LIKE 'ws\\_%'`)
  for (const name of names.split('\n')) {
    const id = Number(/^ws_(\d+)(?:_sql)?$/.exec(name)?.[1] ?? 0)
    if (id < firstWorkspaceId || id >= firstWorkspaceId + 1000) continue
    // Table by table: dropped with its tables inside, a database waits a minute for them.
    const tables = await clickhouseText(
      clickhouse,
      `SELECT concat(if(engine = 'Dictionary', 'DICTIONARY', 'TABLE'), ' IF EXISTS ${name}.\`', name, '\`') FROM system.tables
       WHERE database = '${name}' ORDER BY engine = 'Dictionary' DESC FORMAT TSVRaw`,
    )
    for (const table of tables.split('\n').filter((line) => line !== '')) {
      await clickhouseText(clickhouse, `DROP ${table} SYNC`)
    }
    await clickhouseText(clickhouse, `DROP DATABASE IF EXISTS ${name} SYNC`)
  }
}

async function asSuperuser<T>(
  shared: SharedEngines,
  database: string | undefined,
  work: (client: Awaited<ReturnType<typeof connectByUrl>>) => Promise<T>,
): Promise<T> {
  const client = await connectByUrl(
    database === undefined ? shared.superuserUrl : inDatabase(shared.superuserUrl, database),
  )
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function inDatabase(address: string, database: string): string {
  const url = new URL(address)
  url.pathname = `/${database}`
  return url.href
}
