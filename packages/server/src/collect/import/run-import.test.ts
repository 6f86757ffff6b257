import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { openFile } from '@tagtree/connectors/files/open-file'
import { csvOf, gb18030CsvOf, ndjsonOf, type TestTable, xlsxOf } from '@tagtree/connectors/files/table-testkit'
import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { AppError } from '@tagtree/core/kernel/app-error'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVault } from '../../identify/identity-vault.js'
import { inWorkspace } from '../../store/postgres.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { type Applier, createApplier } from '../applier/applier.js'
import { type Log, openLog } from '../log.js'
import { dryRun } from './dry-run.js'
import { type FileStore, openFileStore } from './file-store.js'
import { type ImportRecord, insertImport, readImport, readResult } from './import-records.js'
import { builtInMappings } from './mapping-store.js'
import { type ImportDeps, runImport } from './run-import.js'

let workspace: TestWorkspace
let applier: Applier
let log: Log
let files: FileStore
let folder: string
const storedWorkspaces: number[] = []

beforeAll(async () => {
  workspace = await createTestWorkspace()
  folder = await mkdtemp(join(tmpdir(), 'tagtree-import-'))
  applier = createApplier({
    postgres: workspace.postgres,
    clickhouse: workspace.clickhouse,
    vault: openVault(Buffer.alloc(32, 7)),
    gatherMs: 50,
  })
  await applier.start()
  log = openLog({ app: workspace.postgres.app })
  files = openFileStore(folder, workspace.postgres.app)
})
afterAll(async () => {
  await log.close()
  await applier.stop()
  await workspace.close()
  await rm(folder, { recursive: true, force: true })
})

const deps = (change: Partial<ImportDeps> = {}): ImportDeps => ({
  pool: workspace.postgres.app,
  log,
  applier,
  files,
  clickhouseOf: async () => workspace.events,
  timeZoneOf: async () => 'Asia/Shanghai',
  onDataStored: async (id) => storedWorkspaces.push(id),
  ...change,
})

async function prepare(content: string | Uint8Array, mapping: Mapping, isTrial = false): Promise<number> {
  const { workspaceId } = workspace
  const file = await files.save(workspaceId, 'rows', Readable.from([Buffer.from(content)]), null)
  return inWorkspace(workspace.postgres.app, workspaceId, (tx) =>
    insertImport(tx, workspaceId, {
      fileId: file.id,
      fileName: file.name,
      mapping,
      dryRun: isTrial,
      startedMs: Date.parse('2026-03-01T00:00:00Z'),
      createdBy: 'test',
    }),
  )
}

/** Runs an import to its end; with `dies` it is cut off again and again before it goes on. */
async function run(importId: number, change: Partial<ImportDeps> = {}): Promise<ImportRecord> {
  const job = { workspaceId: workspace.workspaceId, importId, signal: new AbortController().signal, report: () => {} }
  return runImport(deps(change), job)
}
const resultOf = (importId: number) =>
  inWorkspace(workspace.postgres.app, workspace.workspaceId, (tx) => readResult(tx, workspace.workspaceId, importId))
const recordOf = (importId: number) =>
  inWorkspace(workspace.postgres.app, workspace.workspaceId, (tx) => readImport(tx, workspace.workspaceId, importId))
async function undo(importId: number): Promise<void> {
  const { logNo } = await log.command(workspace.workspaceId, { command: 'undo_import', importId })
  await applier.whenStored(workspace.workspaceId, logNo)
}
/** Rows of an event that count, without what only a place in the log says. */
async function eventsOf(event: string): Promise<Record<string, string>[]> {
  return workspace.events.query(
    `SELECT * EXCEPT (seq, profile_id, node_id, import_id) FROM events WHERE event = {event:String}
       AND import_id NOT IN {excluded:Array(UInt32)} AND seq NOT IN (SELECT seq FROM events_superseded WHERE import_id NOT IN {excluded:Array(UInt32)})
     ORDER BY message_hash`,
    { params: { event, excluded: await excluded() } },
  )
}
async function excluded(): Promise<number[]> {
  return inWorkspace(workspace.postgres.app, workspace.workspaceId, async (tx) => {
    const { rows } = await tx.query<{ import_id: number }>(
      'select import_id from import_excluded where workspace_id = $1',
      [workspace.workspaceId],
    )
    return rows.map((row) => row.import_id)
  })
}

const visits = (event: string): Mapping => ({
  version: 1,
  id: `map-${event}`,
  name: event,
  columns: { who: 'text', at: 'date', page: 'text', seconds: 'number' },
  subjects: { person: { identities: { user_id: 'who' } } },
  outputs: [{ event, time: 'at', properties: { page: 'page', seconds: 'seconds' } }],
})
const header = 'who,at,page,seconds\n'
const rowsOf = (n: number): string =>
  Array.from(
    { length: n },
    (_, i) => `u${i % 97},2026-01-${String((i % 28) + 1).padStart(2, '0')} 10:00:00,/p${i % 5},${i}.5\n`,
  ).join('')

describe('an import', () => {
  it('brings rows in, says what it left out and why, and tells who computes from it', async () => {
    const id = await prepare(
      `${header}u1,2026-01-01 10:00:00,/a,1.5\n,2026-01-01,/a,1\nu2,soon,"x",2\nu3,2026-01-02,/b,abc,9\nu1,2026-01-01 10:00:00,/a,1.5\n`,
      visits('seen.one'),
    )
    const record = await run(id)
    expect(record).toMatchObject({ state: 'done', phase: 'done', rowsRead: 5, rowsRejected: 3, facts: 2 })
    expect(record.reasons).toEqual({ 'no_identity:who': 1, 'date_unreadable:at': 1, cells_more: 1 })
    expect(await resultOf(id)).toMatchObject({ created: 2, duplicate: 0, profiles: 1 })
    expect(await eventsOf('seen.one')).toHaveLength(2)
    expect(storedWorkspaces).toContain(workspace.workspaceId)
    const rejected = readFileSync(files.rejectedPath(workspace.workspaceId, id), 'utf8').split('\r\n')
    expect(rejected[0]).toBe('\ufeffrow,reason,explanation,说明,who,at,page,seconds,original')
    expect(rejected[1]).toBe(
      '3,no_identity,The row has no identity: who is empty.,该行没有身份：who 为空。,,2026-01-01,/a,1,',
    )
    expect(rejected[3]).toMatch(/^5,cells_more,.*,"u3,2026-01-02,\/b,abc,9"$/)
  })

  it('of the same file changes nothing, of an extended file adds only what is new', async () => {
    const mapping = visits('seen.two')
    const rows = rowsOf(3_000)
    const first = await prepare(header + rows, mapping)
    await run(first)
    const before = await eventsOf('seen.two')
    expect(before).toHaveLength(3_000)
    const same = await prepare(`${header}${rows} `, mapping)
    await run(same)
    expect(await resultOf(same)).toMatchObject({ created: 0, updated: 0, duplicate: 3_000 })
    expect(await eventsOf('seen.two')).toEqual(before)
    const extended = await prepare(`${header}${rowsOf(10)}${rows}`, mapping)
    await run(extended)
    expect(await resultOf(extended)).toMatchObject({ created: 10, duplicate: 3_000 })
    await undo(extended)
    expect(await eventsOf('seen.two')).toEqual(before)
  })

  it('of orders replaces those whose lines changed', async () => {
    const mapping: Mapping = {
      version: 1,
      id: 'orders',
      name: 'orders',
      columns: { no: 'text', who: 'text', at: 'date', sku: 'text', price: 'money' },
      subjects: { person: { identities: { user_id: 'who' } } },
      outputs: [
        {
          event: 'order.test',
          time: 'at',
          properties: { order_id: 'no' },
          lines: { key: 'no', items: { sku: 'sku', price: 'price' }, totals: { amount: { sum: 'price' } } },
        },
      ],
    }
    const lines = [
      'no,who,at,sku,price',
      'A,u1,2026-01-02 10:00:00,x,1.10',
      'B,u2,2026-01-03,y,5',
      'A,u1,2026-01-01 09:00:00,z,2.20',
    ]
    await run(await prepare(lines.join('\n'), mapping))
    const amounts = async () =>
      (await eventsOf('order.test')).map((row) => [row.p_order_id, row.p_amount, row.items_count]).sort()
    expect(await amounts()).toEqual([
      ['A', '3.3', 2],
      ['B', '5', 1],
    ])
    const changed = await prepare([...lines, 'A,u1,2026-01-05,w,0.70'].join('\n'), mapping)
    await run(changed)
    expect(await resultOf(changed)).toMatchObject({ created: 0, updated: 1, duplicate: 1 })
    expect(await amounts()).toEqual([
      ['A', '4', 3],
      ['B', '5', 1],
    ])
    await undo(changed)
    expect((await amounts())[0]).toEqual(['A', '3.3', 2])
  })

  it('that is cut off anywhere goes on exactly', async () => {
    const rows = `${rowsOf(400)}${rowsOf(400)},x,y,z\n`
    const plain = await prepare(header + rows.repeat(120), visits('seen.cut'))
    let calls = 0
    const dying: Log = {
      ...log,
      appendWithin: async (...given) => {
        calls++
        // Before the commit, or after it when the answer is lost.
        if (calls % 3 === 1) throw new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'x' } })
        const appended = await log.appendWithin(...given)
        if (calls % 3 === 2) throw new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'x' } })
        return appended
      },
    }
    let attempts = 0
    for (;;) {
      attempts++
      try {
        await run(plain, { log: dying })
        break
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
      }
    }
    expect(attempts).toBeGreaterThan(3)
    expect(await recordOf(plain)).toMatchObject({ state: 'done', rowsRead: 96_120, rowsRejected: 120, facts: 96_000 })
    expect(await resultOf(plain)).toMatchObject({ created: 96_000, duplicate: 0 })
    const rejected = readFileSync(files.rejectedPath(workspace.workspaceId, plain), 'utf8').trim().split('\r\n')
    expect(rejected).toHaveLength(121)
  })

  it('with orders that is cut off anywhere goes on exactly', async () => {
    const mapping: Mapping = {
      ...visits('basket'),
      id: 'baskets',
      outputs: [
        {
          event: 'basket',
          time: 'at',
          lines: { key: 'page', items: { s: 'seconds' }, totals: { total: { sum: 'seconds' }, n: { count: true } } },
        },
      ],
    }
    const text = Array.from(
      { length: 60_000 },
      (_, i) => `u${i % 50},2026-01-01 10:00:00,order-${i % 9_000},${i % 10}\n`,
    ).join('')
    const id = await prepare(header + text, mapping)
    let failures = 0
    const flaky = { ...workspace.events, insert: workspace.events.insert }
    const dying: Log = {
      ...log,
      appendWithin: async (...given) => {
        const appended = await log.appendWithin(...given)
        if (failures++ % 2 === 0) throw new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'x' } })
        return appended
      },
    }
    const breaking: typeof flaky = {
      ...flaky,
      insert: async (...given) => {
        await workspace.events.insert(...given)
        if (failures++ < 2) throw new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'x' } })
      },
    }
    for (let attempt = 0; attempt < 50; attempt++) {
      try {
        await run(id, { log: dying, clickhouseOf: async () => breaking })
        break
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
      }
    }
    expect(await recordOf(id)).toMatchObject({ state: 'done', rowsRead: 60_000, orders: 9_000 })
    const [sum] = await workspace.events.query<{ orders: string; lines: string; total: string }>(
      `SELECT count() AS orders, sum(p_n) AS lines, sum(p_total) AS total FROM events WHERE event = 'basket'`,
    )
    expect(sum).toEqual({ orders: '9000', lines: '60000', total: '270000' })
    expect(await workspace.events.query('SELECT count() AS n FROM import_line')).toEqual([{ n: '0' }])
  })

  it('is stopped by its signal and says where it was', async () => {
    const id = await prepare(header + rowsOf(50_001), visits('seen.stop'))
    const stop = new AbortController()
    const job = {
      workspaceId: workspace.workspaceId,
      importId: id,
      signal: stop.signal,
      report: () => stop.abort('canceled'),
    }
    await expect(runImport(deps(), job)).rejects.toThrow()
    const record = await recordOf(id)
    expect(record.state).toBe('running')
    expect(record.rowsRead).toBeLessThan(50_001)
    await run(id)
    expect(await resultOf(id)).toMatchObject({ created: 50_001 })
  })
})

describe('rows of a hostile file', () => {
  const hostile: Record<string, unknown>[] = [
    { who: 'a\u0000b', at: '2026-01-01', page: '\ud800', seconds: 1 },
    { who: "'; drop table events; --", at: '2026-01-02', page: '{p0:String}\t\\N\n', seconds: '2' },
    { who: { $gt: '' }, at: '2026-01-03', page: [1, { x: '\u0000' }], seconds: null },
    { who: 'null', at: '2026-01-03', page: 'x', seconds: null },
    { who: 'c', at: '9999-12-31', page: 'x' },
    { who: 'c', at: '2026-01-04', page: 'p'.repeat(100_000) },
    { who: 'c', at: '2026-01-04', page: 'p'.repeat(60_000), 'a\u0000\udc00': 'odd name' },
    { who: '😀', at: '2026-01-05T10:00:00+08:00', page: '𠮷' },
  ]
  const text = `${hostile.map((row) => JSON.stringify(row)).join('\n')}\n{"who":"d","at":"2026-01-06","seconds":1e400}\n{"__proto__":{"who":"e"}}\n`
  it('are taken or refused one by one, as facts, as orders and in a dry run', async () => {
    const plain = await prepare(text, visits('seen.hostile'))
    expect(await run(plain)).toMatchObject({ state: 'done', rowsRead: 10, rowsRejected: 5, facts: 5 })
    expect((await resultOf(plain)).created).toBeGreaterThan(3)
    const events = await workspace.events.query<{ page: string }>(
      `SELECT p_page AS page FROM events WHERE event = 'seen.hostile' ORDER BY ts`,
    )
    expect(events.map(({ page }) => page)).toEqual(expect.arrayContaining(['{p0:String}\t\\N', '𠮷']))
    const orders: Mapping = {
      ...visits('order.hostile'),
      id: 'hostile-orders',
      outputs: [
        {
          event: 'order.hostile',
          time: 'at',
          lines: { key: { concat: ['who', 'page'] }, items: { page: 'page' }, totals: { n: { count: true } } },
        },
      ],
    }
    const id = await prepare(`${text} `, orders)
    expect(await run(id)).toMatchObject({ state: 'done', rowsRejected: 5, orders: 5 })
    const trial = await prepare(`${text}  `, orders, true)
    const job = {
      workspaceId: workspace.workspaceId,
      importId: trial,
      signal: new AbortController().signal,
      report: () => {},
    }
    const record = await dryRun(deps(), job)
    expect(record).toMatchObject({ state: 'done', rowsRejected: 5 })
    expect(JSON.stringify(record.report).length).toBeLessThan(20_000)
  })
})

describe('a dry run', () => {
  it('tells what would come and what is known, and brings nothing in', async () => {
    const mapping = visits('seen.dry')
    await run(await prepare(header + rowsOf(20), mapping))
    const id = await prepare(`${header}${rowsOf(30)},,x,\n`, mapping, true)
    const job = {
      workspaceId: workspace.workspaceId,
      importId: id,
      signal: new AbortController().signal,
      report: () => {},
    }
    const record = await dryRun(deps(), job)
    expect(record).toMatchObject({ state: 'done', rowsRead: 31, rowsRejected: 1, facts: 0 })
    expect(record.report).toMatchObject({
      facts: { 'seen.dry': 30 },
      known: 20,
      rejectedRows: [{ row: 32, reasons: [{ code: 'no_identity' }], values: { page: 'x' } }],
    })
    expect(await eventsOf('seen.dry')).toHaveLength(20)
  })
})

/** The public data of the project's neighbour folder; absent in a plain clone. */
const retail = fileURLToPath(
  new URL('../../../../../../shared/data/online-retail/online_retail.csv.gz', import.meta.url),
)

describe('the same rows in another format', () => {
  it('are the same state: CSV in GB18030, Excel, NDJSON and Parquet', async () => {
    if (!existsSync(retail)) {
      console.log(`${retail} is absent: the formats are not compared`)
      return
    }
    const table = await openFile(retail)
    const rows: Record<string, string | null>[] = []
    for await (const group of table.rows()) {
      for (const row of group) if ('values' in row) rows.push(row.values as Record<string, string | null>)
      if (rows.length >= 20_000) break
    }
    // A country in Chinese, so that the encoding matters.
    const some = rows
      .slice(0, 20_000)
      .map((row) => ({ ...row, Country: row.Country === 'United Kingdom' ? '英国' : row.Country! }))
    const mapping = builtInMappings().get('online-retail')!
    const states: unknown[] = []
    for (const content of await formatsOf({ columns: table.columns, rows: some })) {
      const id = await prepare(content, mapping)
      const record = await run(id)
      states.push([
        record.rowsRead,
        record.rowsRejected,
        record.reasons,
        (await resultOf(id)).created,
        await eventsOf('order.paid'),
        await eventsOf('order.cancelled'),
      ])
      await undo(id)
    }
    expect(states).toHaveLength(5)
    expect((states[0] as unknown[])[3]).toBeGreaterThan(500)
    for (const state of states.slice(1)) expect(state).toEqual(states[0])
  })
})

/** The rows as CSV in UTF-8 and GB18030, Excel with real dates and numbers, NDJSON, and Parquet with typed columns. */
async function formatsOf(table: TestTable): Promise<Uint8Array[]> {
  const numbers = ['Quantity', 'UnitPrice', 'CustomerID']
  await workspace.events.command(
    `CREATE TABLE parquet_source (InvoiceNo String, StockCode String, Description Nullable(String), Quantity Int32,
       InvoiceDate String, UnitPrice Decimal(12, 3), CustomerID Nullable(Int64), Country String, n UInt32) ENGINE = MergeTree ORDER BY n`,
  )
  const body = Buffer.from(table.rows.map((row, n) => JSON.stringify({ ...row, n })).join('\n'))
  await workspace.events.insert('parquet_source', body, { token: 'x', columns: [...table.columns, 'n'], gzip: false })
  const parquet = await workspace.events.stream('SELECT * EXCEPT n FROM parquet_source ORDER BY n FORMAT Parquet')
  return [
    Buffer.from(csvOf(table)),
    gb18030CsvOf(table),
    await xlsxOf(table, { numbers, times: ['InvoiceDate'] }),
    Buffer.from(ndjsonOf(table, numbers)),
    await buffer(parquet),
  ]
}
