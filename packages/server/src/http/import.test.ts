import { existsSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Client } from '@tagtree/core/contract/client'
import * as contract from '@tagtree/core/contract/import'
import { listJobs, showJob } from '@tagtree/core/contract/jobs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addTestWorkspace, startTestServer, type TestServer } from '../testing/test-server.js'

let server: TestServer
let client: Client
beforeAll(async () => {
  server = await startTestServer()
  client = await addTestWorkspace(server, 'imports')
})
afterAll(() => server.remove())

const upload = (name: string, content: string | Uint8Array, by = client) => {
  const bytes = Buffer.from(content)
  return by.call(contract.uploadFile, {
    query: { name },
    bodyStream: { contentType: 'application/octet-stream', body: bytes, contentLength: bytes.length },
  })
}
async function until(id: number, ended: (report: contract.ImportReport) => boolean, by = client) {
  for (;;) {
    const report = await by.call(contract.showImport, { params: { id } })
    if (ended(report)) return report
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
const importAll = async (
  content: string | Uint8Array,
  mapping: string | Record<string, never>,
  dryRun = false,
  by = client,
) => {
  const file = await upload('rows.csv', content, by)
  const { id } = await by.call(contract.startImport, { body: { fileId: file.id, mapping, dryRun } })
  return until(id, (report) => report.state !== 'running', by)
}
const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: { code?: string }) => String(error.code ?? error),
  )

const people =
  '会员号,手机号,姓名,城市,注册时间,积分\nM1,13800138001,张三,北京,2025-01-02 10:00:00,12\nM2,,李四,上海,2025/2/3,\n,,王五,广州,2025-03-04,5\nM4,13800138004,赵六,北京,昨天,7\n'

describe('a file over the API', () => {
  it('is uploaded once, previewed with a suggestion, tried, imported, reported and taken back', async () => {
    const file = await upload('会员.csv', people)
    expect(file).toMatchObject({ name: '会员.csv', bytes: Buffer.byteLength(people) })
    expect((await upload('again.csv', people)).id).toBe(file.id)
    expect((await client.call(contract.listFiles, { query: {} })).items[0]).toEqual(file)

    const preview = await client.call(contract.previewFile, { params: { id: file.id }, body: {} })
    expect(preview).toMatchObject({ format: 'csv', encoding: 'utf-8', delimiter: ',', header: true })
    expect(preview.columns[0]).toMatchObject({
      name: '会员号',
      type: 'text',
      explanation: expect.stringContaining('customer number'),
    })
    expect(preview.rows[0]).toMatchObject({ row: 2, values: { 姓名: '张三' } })
    expect(preview.suggestion).toMatchObject({
      id: '会员',
      subjects: { person: { identities: { phone: '手机号', user_id: '会员号' } } },
    })

    const suggestion = {
      ...preview.suggestion,
      columns: { ...(preview.suggestion?.columns as object), 注册时间: 'date' },
    }
    const saved = await client.call(contract.saveMapping, { params: { id: 'members' }, body: suggestion as never })
    expect(saved).toMatchObject({ id: 'members', version: 1 })
    expect((await client.call(contract.saveMapping, { params: { id: 'members' }, body: saved.mapping })).version).toBe(
      1,
    )
    expect((await client.call(contract.listMappings)).items.map((one) => one.id)).toEqual(
      expect.arrayContaining(['members', 'online-retail']),
    )

    // Of several subjects the first one is who did it: their order is kept.
    const identities = (saved.mapping.subjects as { person: { identities: object } }).person.identities
    expect(Object.keys(identities)).toEqual(['user_id', 'phone'])

    const trial = await importAll(people, 'members', true)
    expect(trial).toMatchObject({
      state: 'done',
      dryRun: true,
      rows: { read: 4, rejected: 2 },
      facts: 0,
      trial: { facts: { attributes: 2 }, known: 0 },
      reasons: expect.arrayContaining([
        { code: 'no_identity', of: 'row', count: 1, text: 'The row has no identity: 会员号, 手机号 is empty.' },
        {
          code: 'date_unreadable',
          of: 'row',
          count: 1,
          text: '注册时间 is not a date of the form yyyy-MM-dd HH:mm:ss.',
        },
      ]),
    })
    const report = await importAll(people, 'members')
    expect(report).toMatchObject({
      state: 'done',
      rows: { read: 4, rejected: 2 },
      facts: 2,
      result: { rejected: 0, profiles: 2 },
    })
    const rejected = await client.stream(contract.exportRejectedRows, { params: { id: report.id } })
    expect(await text(rejected.body)).toContain('5,date_unreadable,注册时间 is not a date')
    expect(await importAll(people, 'members')).toMatchObject({ result: { created: 0, updated: 0, duplicate: 2 } })

    await client.call(contract.undoImport, { params: { id: report.id } })
    await until(report.id, ({ state }) => state === 'undone')
    expect(await code(client.call(contract.undoImport, { params: { id: report.id } }))).toBe('IMPORT_UNDONE')
    expect((await client.call(contract.listImports, { query: { limit: 2 } })).items).toHaveLength(2)
    // In the night to come its rows are deleted for good.
    const [cleaning] = (await client.call(listJobs, { query: { kind: 'import_clean' } })).items
    expect(cleaning).toMatchObject({ state: 'queued', runAt: expect.stringMatching(/T19:30:00.000Z$/) })
    await server.postgres.worker.query(`update tagtree.job set run_at = now() where id = $1`, [cleaning!.id])
    await server.postgres.worker.query(`select pg_notify('tagtree_job_due', '')`)
    for (;;) {
      const job = await client.call(showJob, { params: { id: cleaning!.id } })
      if (job.state === 'done') {
        expect(job.result).toEqual({ imports: [report.id] })
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await client.call(contract.archiveMapping, { params: { id: 'members' } })
    expect(await code(client.call(contract.showMapping, { params: { id: 'members' } }))).toBe('NOT_FOUND')
  })

  it.each([
    ['a renamed PDF', Buffer.from('%PDF-1.7\n'), 'FILE_FORMAT_UNSUPPORTED'],
    ['an empty gzip', gzipSync(''), 'FILE_EMPTY'],
    ['other columns', 'a,b\n1,2\n', 'MAPPING_UNFITTING'],
  ])('that is %s is refused before anything starts', async (_name, content, expected) => {
    const file = await upload('x.csv', content)
    expect(await code(client.call(contract.startImport, { body: { fileId: file.id, mapping: 'online-retail' } }))).toBe(
      expected,
    )
  })

  it('that is empty, unknown or mapped wrongly is refused with what to do', async () => {
    expect(await code(upload('x.csv', ''))).toBe('FILE_EMPTY')
    expect(await code(client.call(contract.startImport, { body: { fileId: 9999, mapping: 'online-retail' } }))).toBe(
      'NOT_FOUND',
    )
    const file = await upload('x.csv', 'a,b\n1,2\n')
    expect(await code(client.call(contract.startImport, { body: { fileId: file.id, mapping: 'nobody' } }))).toBe(
      'NOT_FOUND',
    )
    const wrong = client.call(contract.startImport, {
      body: { fileId: file.id, mapping: { id: 'x', name: 'x', columns: { a: 'txt' }, outputs: [] } as never },
    })
    await expect(wrong).rejects.toMatchObject({
      code: 'MAPPING_INVALID',
      issues: expect.arrayContaining([expect.objectContaining({ pointer: '/columns/a' })]),
    })
  })

  it('of one workspace is not seen in another', async () => {
    const other = await addTestWorkspace(server, 'others')
    const file = await upload('secret.csv', people)
    expect(await code(other.call(contract.previewFile, { params: { id: file.id }, body: {} }))).toBe('NOT_FOUND')
    expect((await other.call(contract.listFiles, { query: {} })).items).toEqual([])
    expect((await other.call(contract.listImports, { query: {} })).items).toEqual([])
    expect(await code(other.call(contract.showImport, { params: { id: 1 } }))).toBe('NOT_FOUND')
    expect(await code(other.call(contract.exportRejectedRows, { params: { id: 1 } }))).toBe('NOT_FOUND')
  })
})

/** Public data sets and their published figures in the project's neighbour folder; absent in a plain clone. */
const shared = (path: string): string => fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url))

describe('public data with the mappings of the product', () => {
  it.runIf(existsSync(shared('data/complete-journey')))('complete-journey equals its oracle', async () => {
    const journey = await addTestWorkspace(server, 'journey')
    const load = (file: string, mapping: string) =>
      importAll(
        readFileSync(shared(`data/complete-journey/${file}.csv.gz`)),
        `complete-journey-${mapping}`,
        false,
        journey,
      )
    const oracle = JSON.parse(readFileSync(shared('oracles/complete_journey.json'), 'utf8'))
    expect(await load('transactions_sample', 'transactions')).toMatchObject({
      rows: { read: oracle.transactions_sample.rows, rejected: 0 },
      orders: oracle.transactions_sample.baskets,
      result: { created: oracle.transactions_sample.baskets, profiles: oracle.transactions_sample.households },
    })
    expect(await load('coupon_redemptions', 'redemptions')).toMatchObject({
      result: { created: oracle.redemptions.rows, rejected: 0 },
    })
    expect(await load('demographics', 'demographics')).toMatchObject({ rows: { read: 801, rejected: 0 } })
    expect(await load('campaigns', 'campaigns')).toMatchObject({ facts: oracle.campaigns.mailed_pairs })
    const [row] = await query(
      'journey',
      `SELECT toString(sum(p_amount)) AS sales, toString(sum(p_retail_discount)) AS retail, toString(sum(p_coupon_discount)) AS coupon,
         uniqExact(profile_id) AS households, count() AS baskets, sum(items_count) AS lines,
         (SELECT uniqExact(sku) FROM (SELECT arrayJoin(i_sku) AS sku FROM events WHERE event = 'order.paid')) AS products,
         (SELECT uniqExact(profile_id) FROM events WHERE event = 'coupon.redeemed') AS redeemers
       FROM events WHERE event = 'order.paid'`,
    )
    const { sales, retail_disc, coupon_disc, households, baskets, rows, products } = oracle.transactions_sample
    expect(Object.fromEntries(Object.entries(row as object).map(([name, value]) => [name, Number(value)]))).toEqual({
      sales,
      retail: retail_disc,
      coupon: coupon_disc,
      households,
      baskets,
      lines: rows,
      products,
      redeemers: oracle.redemptions.households,
    })
  })

  it.runIf(existsSync(shared('data/cdnow-sample')))('cdnow-sample equals its oracle', async () => {
    const cdnow = await addTestWorkspace(server, 'cdnow')
    const report = await importAll(
      readFileSync(shared('data/cdnow-sample/cdnow_sample.csv')),
      'cdnow-sample',
      false,
      cdnow,
    )
    const oracle = JSON.parse(readFileSync(shared('oracles/cdnow_sample_clv.json'), 'utf8'))
    expect(report).toMatchObject({ rows: { rejected: 0 }, result: { profiles: oracle.n_customers } })
    const [row] = await query(
      'cdnow',
      `SELECT count() AS customers, sum(calibration - 1) AS repeats, countIf(calibration = 1) AS once, sum(holdout) AS holdout
       FROM (SELECT profile_id, countIf(toDate(ts, 'Asia/Shanghai') <= '1997-09-30') AS calibration,
               countIf(toDate(ts, 'Asia/Shanghai') > '1997-09-30') AS holdout FROM events WHERE event = 'order.paid' GROUP BY profile_id)`,
    )
    expect(Object.fromEntries(Object.entries(row as object).map(([name, value]) => [name, Number(value)]))).toEqual({
      customers: oracle.n_customers,
      repeats: oracle.sum_x,
      once: oracle.n_x0,
      holdout: oracle.holdout.actual_total,
    })
  })
})

async function query(slug: string, sql: string): Promise<unknown[]> {
  const { rows } = await server.postgres.app.query<{ database: string }>(
    'select database from workspace where slug = $1',
    [slug],
  )
  return server.clickhouse.workspace(rows[0]!.database).query(sql)
}
