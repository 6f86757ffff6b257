import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, makeClient } from '@tagtree/core/contract/client'
import { createWorkspace } from '@tagtree/core/contract/govern'
import { createTestDatabase } from '@tagtree/engines/testing/engines-for-tests'
import { type Config, readConfig } from '../config.js'
import { type RunningServer, startServer } from '../start-server.js'

/** A whole server on the engines that all tests share, with databases of its own. */
export interface TestServer extends RunningServer {
  readonly dataDirectory: string
  /** Everything it said in the terminal. */
  readonly said: readonly string[]
  /** As the first administrator unless a token is given, in a workspace when one is named. */
  client(workspace?: string, token?: string): Client
  /** Stops the server and removes what it made. */
  remove(): Promise<void>
}

export const TEST_PASSWORD = 'quiet-river-41'

/** Starts it on any free port, without the demo. */
export async function startTestServer(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const database = await createTestDatabase()
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tagtree-server-'))
  const said: string[] = []
  const config: Config = readConfig({
    TAGTREE_DATA_DIR: dataDirectory,
    TAGTREE_DEMO: 'off',
    TAGTREE_ADMIN_PASSWORD: TEST_PASSWORD,
    TAGTREE_LOG_LEVEL: 'debug',
    ...environment,
  })
  const never = new AbortController().signal
  const server = await startServer(
    config,
    (_zh, en) => said.push(en),
    never,
    async () => database.engines,
  )
  // Workspaces of different test files share ClickHouse: each file has its own range of numbers.
  await server.postgres.owner.query(
    `alter table tagtree.workspace alter column id restart with ${database.firstWorkspaceId}`,
  )
  return {
    ...server,
    dataDirectory,
    said,
    client: (workspace, token = server.token) =>
      makeClient({ address: server.address, token, workspace, language: 'en', fetch: fetch as never }),
    async remove() {
      await server.stop()
      await database.close()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

/** A workspace of the test, in Shanghai; answers a client in it. */
export async function addTestWorkspace(server: TestServer, slug: string): Promise<Client> {
  await server.client().call(createWorkspace, { body: { slug, timeZone: 'Asia/Shanghai', currency: 'CNY' } })
  return server.client(slug)
}
