import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { workspaceName } from '../clickhouse/sql-users.js'
import { openDataDirectory, reasonOf } from '../data-directory.js'
import type { ClickHouseConnection, Engines } from '../engines.js'
import { urlOf } from '../postgres/connect.js'
import { superuserLogin } from '../postgres/embedded-postgres.js'
import { isAlive } from '../process-table.js'
import { startEngines } from '../start-engines.js'

/** What a test file gets told about the engines that all test files of this run share. */
export interface SharedEngines {
  /** As in Engines.postgres.url; tests work in databases of their own. */
  readonly loginUrl: string
  /** Owner of the cluster, for making and dropping those databases. */
  readonly superuserUrl: string
  readonly clickhouse: ClickHouseConnection
  readonly versions: Engines['versions']
  /** Different for each asking: numbers from here to here + 999 belong to the one who asked. */
  readonly firstWorkspaceId: number
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for SharedEngines. */
    sharedEngines: string
  }
}

const PREFIX = 'tagtree-tests-'

/**
 * Vitest global set-up: one pair of engines for all test files of a run. They start when the first file asks, so runs
 * of pure tests do not wait for them; they live in a temporary directory that goes away with them.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  removeAbandoned()
  const dataDirectory = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  chmodSync(dataDirectory, 0o755) // PostgreSQL may run as another user
  let starting: Promise<Engines> | undefined
  let nextWorkspaceId = 1000
  const tell = async (): Promise<SharedEngines> => {
    starting ??= startEngines({
      dataDirectory,
      log: { info: () => {}, warn: console.warn, error: console.error },
      sqlDatabases: databasesForTests(),
    })
    const engines = await starting
    const port = Number(new URL(engines.postgres.url).port)
    const firstWorkspaceId = nextWorkspaceId
    nextWorkspaceId += 1000
    return {
      loginUrl: engines.postgres.url,
      superuserUrl: urlOf(superuserLogin(openDataDirectory(dataDirectory), port)),
      clickhouse: engines.clickhouse,
      versions: engines.versions,
      firstWorkspaceId,
    }
  }

  const path = `/${randomBytes(16).toString('hex')}` // what it tells are passwords
  const desk = createServer((request, response) => {
    if (request.url !== path) return response.writeHead(404).end()
    tell().then(
      (told) => response.end(JSON.stringify(told)),
      (cause: unknown) => response.writeHead(500).end(reasonOf(cause)),
    )
  })
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve))
  project.provide('sharedEngines', `http://127.0.0.1:${(desk.address() as AddressInfo).port}${path}`)

  return async () => {
    desk.closeAllConnections()
    desk.close()
    await starting?.then((engines) => engines.stop()).catch(() => undefined)
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

/** The first workspaces of as many test files as there may be in one run. */
function databasesForTests(): string[] {
  return Array.from({ length: 150 }, (_, file) =>
    Array.from({ length: 2 }, (_, at) => workspaceName(1000 * (file + 1) + at)),
  ).flat()
}

/** Directories of runs that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.startsWith(PREFIX) && name.slice(PREFIX.length).split('-')[0])
    if (pid > 1 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}
