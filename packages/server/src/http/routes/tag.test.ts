import * as catalogue from '@tagtree/core/contract/catalogue'
import { cancelJob, showJob } from '@tagtree/core/contract/jobs'
import * as contract from '@tagtree/core/contract/tag'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDatabaseName } from '../../store/workspace-store.js'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop, until } from '../testing/shop.js'

const day = 86_400_000
let server: TestServer
let shop: Shop

/** Customer i of twelve ordered i - 1 times for 100 yuan, once every ten days until yesterday; the last is a visitor. */
const orders = () =>
  Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: i }, (_, k) => ({
      id: `order ${i}-${k}`,
      event: 'order.paid',
      time: Date.now() - day - k * 10 * day,
      identities: { user_id: `u${i + 1}` },
      properties: { amount: 100 },
    })),
  ).flat()

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'yunlan')
  await shop.collect({
    events: [
      ...orders(),
      {
        id: 'view',
        event: 'page.viewed',
        time: Date.now() - day,
        identities: { anonymous_id: 'cookie' },
        properties: { page: '首页' },
      },
    ],
    attributes: Array.from({ length: 12 }, (_, i) => ({
      id: `attributes ${i}`,
      time: Date.now() - 300 * day,
      identities: { user_id: `u${i + 1}` },
      set: {
        city: i < 8 ? '北京' : '上海',
        ...(i % 3 === 0 ? { vip: true } : {}),
        interests: i % 2 ? ['茶', '酒'] : ['茶'],
      },
    })),
  })
  await shop.client.call(catalogue.createCategory, { body: { id: '价值', name: '价值特征' } })
  await shop.save({ kind: 'metric', id: 'spend', name: '消费', value: { did: 'order.paid', get: { sum: 'amount' } } })
  await shop.save(payment([300, 800]), '价值')
  await shop.save({ kind: 'tag', id: 'city', name: '城市', assign: { value: { attr: 'city' } } }, '价值')
  await shop.save({ kind: 'tag', id: 'spent', name: '消费额', assign: { value: { metric: 'spend' } } })
  await shop.save({
    kind: 'tag',
    id: 'interests',
    name: '兴趣',
    family: 'multi',
    assign: { value: { attr: 'interests' } },
  })
  await shop.save({ kind: 'tag', id: 'vip', name: 'VIP', assign: { value: { attr: 'vip' } } })
  await shop.save({
    kind: 'tag',
    id: 'last',
    name: '最近下单',
    assign: { value: { did: 'order.paid', get: 'lastAt' } },
  })
  await shop.save({ kind: 'segment', id: 'rich', name: '高消费', where: { tag: 'payment', in: ['中', '高'] } })
  await shop.settle()
})
afterAll(() => server?.remove())

function payment(cuts: readonly number[]) {
  return {
    kind: 'tag',
    id: 'payment',
    name: '累计付费金额分层',
    ordered: true,
    only: { metric: 'spend', gt: 0 },
    assign: { cut: { metric: 'spend' }, at: cuts, values: ['低', '中', '高'] },
  }
}
const show = (id: string) => shop.client.call(contract.showTag, { params: { id } })
const runs = async (id: string) => (await shop.client.call(contract.listRuns, { params: { id } })).items
const clickhouse = async () =>
  server.clickhouse.workspace(await readDatabaseName(server.postgres.app, shop.workspaceId))

describe('what is published', () => {
  it('is shown with its counts, by value, most first', async () => {
    expect(await show('payment')).toMatchObject({
      population: 12,
      known: 11,
      version: 1,
      values: [
        { code: '低', people: 2 },
        { code: '中', people: 5 },
        { code: '高', people: 4 },
      ],
    })
    expect((await show('city')).values).toEqual([
      { code: '北京', people: 8 },
      { code: '上海', people: 4 },
    ])
    expect((await show('interests')).values).toEqual([
      { code: '茶', people: 12 },
      { code: '酒', people: 6 },
    ])
    expect(await show('vip')).toMatchObject({ known: 4, values: [{ code: 'true', people: 4 }] })
    expect(await show('spent')).toMatchObject({ known: 12, values: [] })
    expect(await show('last')).toMatchObject({ known: 11, values: [] })
    expect(await show('rich')).toMatchObject({
      known: 9,
      values: [
        { code: 'member', people: 9 },
        { code: 'unknown', people: 1 },
      ],
    })
  })

  it('is on the tree with the union of each category', async () => {
    const outline = await shop.client.call(catalogue.showCatalogue)
    expect(outline).toMatchObject({
      population: { person: 12 },
      visitors: 1,
      categories: [{ id: '价值', people: { person: 12 } }],
    })
    expect(outline.categories[0]!.tags.map(({ id, people, population }) => [id, people, population])).toEqual([
      ['payment', 11, 12],
      ['city', 12, 12],
    ])
  })

  it('is nothing while a tag was never run, and of nobody else', async () => {
    const document = { version: 1, ...payment([1, 2]), id: 'draft' }
    await shop.client.call(catalogue.saveDefinition, { params: { id: 'draft' }, body: { document, publish: false } })
    expect(await refusal(show('draft'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(show('nobody'))).toMatchObject({ code: 'NOT_FOUND', status: 404 })
    const archived = await shop.save({ ...payment([1, 2]), id: 'archived' })
    await shop.client.call(catalogue.undoCatalogueChange, { params: { changeNo: archived } })
    expect(await refusal(runs('archived'))).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a preview', () => {
  const preview = (document: object, asOf?: string) =>
    shop.client.call(catalogue.previewDefinition, {
      body: { document: { version: 1, ...document }, ...(asOf === undefined ? {} : { asOf }) },
    })

  it('counts what a run would publish', async () => {
    expect(await preview({ ...payment([300, 800]), id: 'other' })).toMatchObject({
      population: 12,
      blank: 1,
      values: [
        { code: '中', people: 5 },
        { code: '高', people: 4 },
        { code: '低', people: 2 },
      ],
    })
    const interests = { kind: 'tag', id: 'x', name: 'x', family: 'multi', assign: { value: { attr: 'interests' } } }
    expect(await preview(interests)).toMatchObject({
      population: 12,
      blank: 0,
      values: [
        { code: '茶', people: 12 },
        { code: '酒', people: 6 },
      ],
    })
    const spent = { kind: 'tag', id: 'x', name: 'x', assign: { value: { metric: 'spend' } } }
    expect(await preview(spent)).toMatchObject({ population: 12, blank: 0, values: [] })
    const vip = { kind: 'tag', id: 'x', name: 'x', assign: { value: { attr: 'vip' } } }
    expect(await preview(vip)).toMatchObject({ blank: 8, values: [{ code: 'true', people: 4 }] })
    const segment = { kind: 'segment', id: 'x', name: 'x', where: { tag: 'payment', is: '高' } }
    expect(await preview(segment)).toMatchObject({ population: 12, blank: 1, values: [{ code: 'member', people: 4 }] })
  })

  it('shows the cuts of a relative definition, and looks at another moment', async () => {
    const thirds = {
      ...payment([]),
      id: 'x',
      assign: { cut: { metric: 'spend' }, at: { method: 'quantile', n: 3 }, values: ['低', '中', '高'] },
    }
    expect((await preview(thirds)).fits).toEqual([{ path: '/assign', cuts: ['433.33333333, 766.66666667'] }])
    const before = await preview(thirds, new Date(Date.now() - 101 * day).toISOString())
    expect(before).toMatchObject({ blank: 11, values: [{ code: '低', people: 1 }] })
  })

  it('of a moment before 1970 or after now is refused', async () => {
    for (const asOf of ['1969-12-31T23:59:59Z', '0001-01-01T00:00:00Z', '2999-01-01T00:00:00Z']) {
      expect(await refusal(preview({ ...payment([1, 2]), id: 'x' }, asOf))).toMatchObject({
        code: 'REQUEST_INVALID',
        issues: [{ pointer: '/asOf' }],
      })
      expect(await refusal(shop.run({ asOf }))).toMatchObject({ code: 'REQUEST_INVALID' })
    }
  })
})

describe('a run', () => {
  it('that is ordered publishes what is asked for, and says what it cost', async () => {
    await shop.settle()
    const before = await runs('payment')
    const ofOthers = await runs('city')
    const job = await shop.run({ ids: ['payment'] })
    expect(job).toMatchObject({ state: 'done', progress: { done: 1 }, result: { published: ['payment'], broken: [] } })
    const after = await runs('payment')
    expect(after).toHaveLength(before.length + 1)
    expect(after[0]).toMatchObject({ state: 'published', known: 11, population: 12, error: null })
    expect(after[0]!.cost!.rows).toBeGreaterThan(0)
    expect(await runs('city')).toEqual(ofOthers)
  })

  it('of what is not there, or is no tag, is refused at once', async () => {
    for (const id of ['nobody', 'spend', 'draft']) {
      expect(await refusal(shop.run({ ids: ['payment', id] }))).toMatchObject({ code: 'NOT_FOUND', status: 404 })
    }
  })

  it('ordered twice with one key is one job', async () => {
    const order = (key: string) => shop.client.call(contract.runTags, { body: {}, idempotencyKey: key })
    const [first, second] = [await order('once'), await order('once')]
    expect(second.id).toBe(first.id)
    expect((await order('automatic')).id).not.toBe(first.id)
    await shop.settle()
  })

  it('that is canceled leaves the former values', async () => {
    const before = await show('payment')
    const database = await clickhouse()
    // Something slow stands before it: a lock of runs that another process holds.
    const holder = await server.postgres.app.connect()
    await holder.query('select pg_advisory_lock(7423, $1)', [shop.workspaceId])
    const { id } = await shop.client.call(contract.runTags, { body: { ids: ['payment'] } })
    await until(
      () => shop.client.call(showJob, { params: { id } }),
      ({ state }) => state === 'running',
    )
    await shop.client.call(cancelJob, { params: { id } })
    await holder.query('select pg_advisory_unlock(7423, $1)', [shop.workspaceId])
    holder.release()
    expect(await shop.ended(id)).toMatchObject({ state: 'canceled' })
    expect(await show('payment')).toEqual(before)
    expect((await runs('payment'))[0]).toMatchObject({
      state: 'aborted',
      error: { code: 'RUN_CANCELED', message: 'The run was canceled.' },
    })
    const left = `SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'run\\\\_%'`
    expect(await database.query(left)).toEqual([])
  })

  it('is given up for the new definition when one is published meanwhile', async () => {
    const holder = await server.postgres.app.connect()
    await holder.query('select pg_advisory_lock(7423, $1)', [shop.workspaceId])
    await shop.save(payment([300, 801]))
    await until(
      async () => (await shop.client.call(catalogue.showDefinition, { params: { id: 'payment' } })).publishedVersion,
      (version) => version === 2,
    )
    const order = await shop.client.call(contract.runTags, { body: { ids: ['city'] } })
    await shop.save(payment([300, 850]))
    await holder.query('select pg_advisory_unlock(7423, $1)', [shop.workspaceId])
    holder.release()
    expect(await shop.ended(order.id)).toMatchObject({ state: 'done' })
    await shop.settle()
    expect(await show('payment')).toMatchObject({ version: 3 })
    await shop.save(payment([300, 800]))
    await shop.settle()
  })

  it('that fails inside the engine says so in plain words, keeps the former values, and the next one cleans up', async () => {
    const before = await show('city')
    const database = await clickhouse()
    await database.command('RENAME TABLE tag_changes TO tag_changes_away')
    const { id } = await shop.client.call(contract.runTags, { body: { ids: ['payment', 'city'] } })
    const failed = await until(
      () => shop.client.call(showJob, { params: { id } }),
      ({ error }) => error !== null,
    )
    const reason = 'the engine refused a statement (UNKNOWN_TABLE)'
    expect(failed.error).toMatchObject({
      code: 'RUN_FAILED',
      message: expect.stringContaining(`The computation of "payment, city" failed: ${reason}`),
    })
    expect((await runs('city'))[0]).toMatchObject({
      state: 'failed',
      error: { code: 'RUN_FAILED', message: `The computation of "city" failed: ${reason}` },
    })
    expect(await show('city')).toEqual(before)
    expect(await shop.client.call(catalogue.showCatalogue)).toMatchObject({ population: { person: 12 } })
    const orphans = `SELECT uniqExact(run_id) AS runs FROM tag_bitmaps WHERE run_id >= {run:UInt64}`
    const params = { run: (await runs('payment'))[0]!.runId }
    expect(Number((await database.query<{ runs: string }>(orphans, { params }))[0]!.runs)).toBeGreaterThan(0)
    await database.command('RENAME TABLE tag_changes_away TO tag_changes')
    expect(await shop.ended(id)).toMatchObject({ state: 'done', attempts: 2 })
    expect((await runs('city')).map(({ state }) => state).slice(0, 2)).toEqual(['published', 'failed'])
    const failedRun = (await runs('city'))[1]!.runId
    const rows = `SELECT count() AS rows FROM tag_bitmaps WHERE run_id = {run:UInt64}`
    expect(await database.query(rows, { params: { run: failedRun } })).toEqual([{ rows: '0' }])
  })

  it('of a definition that no longer fits fails alone and says why', async () => {
    await shop.save({
      kind: 'tag',
      id: 'base',
      name: '底',
      assign: { rules: [{ value: '是', when: { tag: 'city', is: '北京' } }] },
    })
    await shop.save({ kind: 'segment', id: 'on_base', name: '人群', where: { tag: 'base', is: '是' } })
    await shop.settle()
    const changed = {
      kind: 'tag',
      id: 'base',
      name: '底',
      assign: { rules: [{ value: '有', when: { tag: 'city', is: '北京' } }] },
    }
    await shop.save(changed)
    await shop.settle()
    expect(await show('base')).toMatchObject({ version: 2, values: [{ code: '有', people: 8 }] })
    expect(await show('on_base')).toMatchObject({ known: 8, version: 1 })
    const [latest] = await runs('on_base')
    expect(latest).toMatchObject({ state: 'failed', error: { code: 'DEFINITION_BROKEN' } })
    expect(latest!.error!.message).toMatch(/^"on_base" can no longer be computed: \/where/)
    expect(await shop.run({ ids: ['on_base'] })).toMatchObject({
      state: 'failed',
      error: { code: 'DEFINITION_BROKEN' },
    })
    const all = await shop.run()
    expect(all).toMatchObject({ state: 'done', result: { broken: ['on_base'] } })
  })

  it('lists its predecessors by page', async () => {
    const all = await runs('payment')
    const first = await shop.client.call(contract.listRuns, { params: { id: 'payment' }, query: { limit: 2 } })
    const second = await shop.client.call(contract.listRuns, {
      params: { id: 'payment' },
      query: { limit: 2, cursor: first.nextCursor! },
    })
    expect([...first.items, ...second.items]).toEqual(all.slice(0, 4))
  })
})

describe('values given by hand', () => {
  const give = (given: { user: string; value: string | string[] | null }[]) =>
    shop.client.call(contract.giveValues, {
      params: { id: 'key_account' },
      body: { given: given.map(({ user, value }) => ({ identities: [{ kind: 'user_id', value: user }], value })) },
    })

  it('are published, taken back, and used in conditions', async () => {
    await shop.save({
      kind: 'tag',
      id: 'key_account',
      name: '大客户',
      values: [{ code: '重点' }, { code: '普通' }],
      assign: { given: 'manual' },
    })
    await give([
      { user: 'u1', value: '重点' },
      { user: 'u2', value: '普通' },
      { user: 'nobody yet', value: '重点' },
    ])
    await shop.settle()
    expect(await show('key_account')).toMatchObject({
      values: [
        { code: '重点', people: 2 },
        { code: '普通', people: 1 },
      ],
    })
    await give([{ user: 'u1', value: null }])
    await shop.save({ kind: 'segment', id: 'key_people', name: '重点客户', where: { tag: 'key_account', is: '重点' } })
    await shop.settle()
    expect(await show('key_people')).toMatchObject({ known: 1 })
  })

  it('of a computed tag are refused', async () => {
    const call = shop.client.call(contract.giveValues, {
      params: { id: 'city' },
      body: { given: [{ identities: [{ kind: 'user_id', value: 'u1' }], value: '北京' }] },
    })
    expect(await refusal(call)).toMatchObject({ code: 'TAG_NOT_GIVEN' })
  })
})
