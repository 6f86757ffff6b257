import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../testing/engines-for-tests.js'
import { askClickHouse } from './http.js'
import { sqlNameOf, sqlPasswordOf, sqlUserPool, workspaceName } from './sql-users.js'

let test: TestDatabase
beforeAll(async () => {
  test = await createTestDatabase()
})
afterAll(() => test?.close())

const as = (workspace: string, password = sqlPasswordOf(test.clickhouse, workspace)!) => ({
  url: test.clickhouse.url,
  user: sqlNameOf(workspace),
  password,
})

it('an empty directory gets a pool, and one with many workspaces a larger one', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tagtree-pool-'))
  try {
    expect(sqlUserPool(directory)).toHaveLength(300)
    expect(sqlUserPool(directory).at(0)).toBe('ws_0001_sql')
    mkdirSync(join(directory, 'metadata'))
    writeFileSync(join(directory, 'metadata', 'ws_0412.sql'), '')
    expect(sqlUserPool(directory).at(-1)).toBe('ws_0600_sql')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

it('each workspace has a user of its own that may read, and only with its own password', async () => {
  const workspace = workspaceName(test.firstWorkspaceId)
  expect((await askClickHouse(as(workspace), 'SELECT 1')).text).toBe('1')
  for (const wrong of ['', 'x', sqlPasswordOf(test.clickhouse, workspaceName(1))!, test.clickhouse.password]) {
    expect((await askClickHouse(as(workspace, wrong), 'SELECT 1')).status).not.toBe(200)
  }
})

it('no setting can be changed, no table made, no other database read', async () => {
  const user = as(workspaceName(test.firstWorkspaceId))
  for (const statement of [
    'SELECT 1 SETTINGS max_execution_time = 0',
    'SET readonly = 0',
    'CREATE DATABASE x',
    'CREATE TEMPORARY TABLE x (a Int8)',
    'SELECT * FROM system.users',
    'SELECT * FROM system.processes',
    `SELECT * FROM file('/etc/passwd', 'LineAsString', 'l String')`,
    'SYSTEM SHUTDOWN',
  ]) {
    expect((await askClickHouse(user, statement)).status, statement).not.toBe(200)
  }
})
