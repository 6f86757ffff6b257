import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clickhouseText, createTestDatabase, type TestDatabase } from './engines-for-tests.js'

describe('a test database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.close())

  it('lets the owner role make tables in the schema tagtree', async () => {
    const client = new Client({ connectionString: database.databaseUrl, options: '-c role=tagtree_owner' })
    await client.connect()
    await client.query('CREATE TABLE trial (id int)')
    const found = await client.query(`SELECT schemaname FROM pg_tables WHERE tablename = 'trial'`)
    await client.end()
    expect(found.rows).toEqual([{ schemaname: 'tagtree' }])
  })

  it('has ClickHouse workspaces that no other test database has', async () => {
    const other = await createTestDatabase()
    const name = `ws_${other.firstWorkspaceId}`
    await clickhouseText(other.clickhouse, `CREATE DATABASE ${name}`)
    await clickhouseText(other.clickhouse, `CREATE DATABASE ws_${database.firstWorkspaceId}`)
    await other.close()
    const left = await clickhouseText(database.clickhouse, `SELECT name FROM system.databases WHERE name LIKE 'ws_%'`)
    expect(left.split('\n')).toContain(`ws_${database.firstWorkspaceId}`)
    expect(left.split('\n')).not.toContain(name)
  })
})
