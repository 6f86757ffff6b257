import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { openClickHouse } from './clickhouse.js'
import { migratePostgres, migrateWorkspaceDatabase, splitStatements } from './migrate.js'
import { inTransaction, inWorkspace, openPostgres } from './postgres.js'
import { prepareWorkspaceStore } from './workspace-store.js'

let shop: TestWorkspace
beforeAll(async () => {
  shop = await createTestWorkspace()
})
afterAll(() => shop.close())

describe('PostgreSQL', () => {
  it('shows a transaction only the rows of its workspace, and none without one', async () => {
    const { app, worker } = shop.postgres
    const count = (workspaceId: number): Promise<number> =>
      inWorkspace(app, workspaceId, async (tx) => (await tx.query('select 1 from identity_kind')).rowCount ?? 0)
    expect(await count(shop.workspaceId)).toBeGreaterThan(5)
    expect(await count(shop.workspaceId + 1)).toBe(0)
    for (const pool of [app, worker]) {
      const outside = await inTransaction(pool, async (tx) => (await tx.query('select 1 from identity_kind')).rowCount)
      expect(outside).toBe(0)
    }
  })

  it('refuses to write into another workspace', async () => {
    const write = inWorkspace(shop.postgres.app, shop.workspaceId, (tx) =>
      tx.query(`insert into source (workspace_id, source_id, key) values ($1, 1, 'x')`, [shop.workspaceId + 1]),
    )
    await expect(write).rejects.toMatchObject({ code: '42501' })
  })

  it('forces row-level security on every workspace table and lets the worker look over the queues only', async () => {
    const { rows } = await shop.postgres.owner.query<{ name: string; forced: boolean; worker: boolean }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
              exists (select from pg_policies p where p.schemaname = 'tagtree' and p.tablename = c.relname
                      and 'tagtree_worker' = any(p.roles)) as worker
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
       where c.relnamespace = 'tagtree'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
    )
    expect(rows.length).toBeGreaterThan(30)
    expect(rows.filter((row) => !row.forced).map((row) => row.name)).toEqual([])
    const queues = rows.filter((row) => row.worker).map((row) => row.name)
    expect(queues.sort()).toEqual(['batch', 'batch_body', 'ingest_log', 'job', 'lease'])
  })

  it('gives nobody the partitions of the log directly', async () => {
    const day = new Date().toISOString().slice(0, 10)
    await inTransaction(shop.postgres.app, (tx) => tx.query('select open_log_day($1)', [day]))
    const name = `ingest_log_${day.replaceAll('-', '')}`
    const read = inWorkspace(shop.postgres.app, shop.workspaceId, (tx) => tx.query(`select 1 from ${name}`))
    await expect(read).rejects.toMatchObject({ code: '42501' })
  })

  it('turns a lost engine into an error that says when to come again', async () => {
    const away = openPostgres('postgres://tagtree:x@127.0.0.1:9/tagtree')
    const work = inWorkspace(away.app, 1, async () => undefined)
    await expect(work).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', status: 503, retryAfterSeconds: 2 })
    await away.close()
  })
})

describe('ClickHouse', () => {
  it('binds values and answers numbers without losing digits', async () => {
    const rows = await shop.events.query(
      `SELECT {text:String} AS text, {big:UInt64} AS big, toDecimal64('0.1000', 4) AS money,
              arrayReverse({list:Array(UInt32)}) AS list, CAST(nan, 'Float64') AS nan`,
      { params: { text: `'; DROP TABLE events; -- \\ \n "`, big: 2n ** 64n - 1n, list: [1, 2] } },
    )
    expect(rows).toEqual([
      { text: `'; DROP TABLE events; -- \\ \n "`, big: '18446744073709551615', money: '0.1', list: [2, 1], nan: null },
    ])
  })

  it('tells what a statement read', async () => {
    const { cost } = await shop.events.queryWithCost('SELECT count() FROM numbers(100000)')
    expect(cost.rows).toBeGreaterThan(0)
    expect(cost.ms).toBeGreaterThan(0)
  })

  it('ends an aborted statement on the server too', async () => {
    const stop = new AbortController()
    const marker = `abort ${Math.random()}`
    const running = async (): Promise<number> => {
      const rows = await shop.events.query<{ n: string }>(
        `SELECT count() AS n FROM system.processes WHERE query LIKE {marker:String} AND query NOT LIKE '%system.processes%'`,
        { params: { marker: `%${marker}%` } },
      )
      return Number(rows[0]!.n)
    }
    const query = shop.events.query(
      `SELECT sleepEachRow(0.1), '${marker}' FROM numbers(600) SETTINGS max_block_size = 1`,
      {
        signal: stop.signal,
      },
    )
    const refused = expect(query).rejects.toThrow()
    await until(async () => (await running()) === 1)
    stop.abort()
    await refused
    await until(async () => (await running()) === 0)
  })

  it('stores a block once per token', async () => {
    const row = Buffer.from('{"seq":"1","by_seq":"2","import_id":3}\n')
    const options = { token: 'once', columns: ['seq', 'by_seq', 'import_id'], gzip: false }
    for (let time = 0; time < 3; time++) await shop.events.insert('events_superseded', row, options)
    expect(await shop.events.query('SELECT count() AS n FROM events_superseded')).toEqual([{ n: '1' }])
    await shop.events.command('TRUNCATE TABLE events_superseded')
  })

  it('turns a lost engine into an error that says when to come again', async () => {
    const away = openClickHouse({ ...shop.database.clickhouse, url: 'http://127.0.0.1:9' })
    await expect(away.workspace('ws_0001').query('SELECT 1')).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
    await away.close()
  })

  it('knows no database but those of workspaces', () => {
    expect(() => shop.clickhouse.workspace('system')).toThrow()
  })
})

describe('migrations', () => {
  it('run once and may be repeated', async () => {
    expect(await migratePostgres(shop.postgres.owner)).toEqual([])
    expect(await migrateWorkspaceDatabase(shop.clickhouse, shop.events.database)).toEqual([])
    await prepareWorkspaceStore(
      { app: shop.postgres.app, clickhouse: shop.clickhouse },
      { id: shop.workspaceId, database: shop.events.database },
    )
  })

  it('are cut at line-ending semicolons, without comments', () => {
    expect(splitStatements("-- a; b\nCREATE {database}.t;\n\nSELECT ';' ;\n", 'ws_0001')).toEqual([
      'CREATE ws_0001.t',
      "SELECT ';'",
    ])
  })
})

describe('the catalog', () => {
  it('plans names with their columns before data comes, and keeps their types', async () => {
    const { catalogs, workspaceId } = shop
    const before = await catalogs.load(workspaceId)
    expect(await catalogs.load(workspaceId)).toBe(before)
    await catalogs.declare(workspaceId, {
      subjects: [{ key: 'household', labels: { zh: '家庭', en: 'Household' } }],
      events: [{ name: 'paid', labels: { zh: '支付', en: 'Paid' } }],
      properties: [
        { event: 'paid', item: false, name: 'amount', type: 'money' },
        { event: 'paid', item: true, name: 'price', type: 'money' },
        { event: 'paid', item: false, name: '渠道', type: 'text' },
      ],
      attributes: [{ subject: 'household', key: 'income', type: 'text' }],
    })
    const catalog = await catalogs.load(workspaceId)
    expect(catalog.subjects.get('household')?.number).toBe(3)
    const properties = catalog.events.get('paid')!.properties
    expect([...properties.values()].map(({ name, column }) => [name, column])).toEqual(
      expect.arrayContaining([
        ['amount', 'p_amount'],
        ['items.price', 'i_price'],
        ['渠道', 'p_3'],
      ]),
    )
    expect(catalog.attributes.get('household')!.get('income')!.column).toBe('a_1')
    const again = {
      events: [{ name: 'paid' }],
      properties: [{ event: 'paid', item: false, name: 'amount', type: 'text' }],
    } as const
    await expect(catalogs.declare(workspaceId, again)).rejects.toMatchObject({ code: 'CATALOG_TYPE_FIXED' })
  })

  it('uses a column again that a crash left without its name, if its type fits', async () => {
    await shop.events.command(
      'ALTER TABLE events ADD COLUMN p_left Nullable(UInt8), ADD COLUMN p_other Nullable(Decimal(18, 4))',
    )
    await shop.catalogs.declare(shop.workspaceId, {
      events: [{ name: 'left' }],
      properties: [
        { event: 'left', item: false, name: 'left', type: 'text' },
        { event: 'left', item: false, name: 'other', type: 'number' },
      ],
    })
    const { properties } = (await shop.catalogs.load(shop.workspaceId)).events.get('left')!
    expect(properties.get('left')!.column).toBe('p_left__text')
    expect(properties.get('other')!.column).toBe('p_other')
  })

  it('keeps properties beyond the last column as text in JSON', async () => {
    const properties = Array.from({ length: 210 }, (_, n) => ({
      event: 'wide',
      item: false,
      name: `w${n}`,
      type: 'number' as const,
    }))
    await shop.catalogs.declare(shop.workspaceId, { events: [{ name: 'wide' }], properties })
    const found = (await shop.catalogs.load(shop.workspaceId)).events.get('wide')!.properties
    expect(found.get('w0')!.column).toBe('p_w0')
    expect(found.get('w209')!.column).toBeNull()
  })
})

async function until(ask: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000
  while (!(await ask())) {
    if (performance.now() > end) throw new Error('it did not happen within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
