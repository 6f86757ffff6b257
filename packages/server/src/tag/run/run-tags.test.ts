import { treeText } from '@tagtree/core/catalog/tree-text'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeBlindIdentity } from '../../identify/blind-identity.js'
import { openVault } from '../../identify/identity-vault.js'
import { publishedAudience } from '../../segment/audience.js'
import { countSegment } from '../../segment/count.js'
import { snapshotSegment } from '../../segment/snapshot.js'
import { inWorkspace } from '../../store/postgres.js'
import { readScanState } from '../../store/scan-state.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { createCategory } from '../catalogue/categories.js'
import { buildOutline, readOutlineRows } from '../catalogue/outline.js'
import { checkDefinition, saveDefinition } from '../catalogue/save-definition.js'
import { readHeads } from './heads.js'
import { type RunTagsRequest, runTags } from './run-tags.js'

const day = 86_400_000
const now = Date.parse('2026-03-01T04:00:00Z')
const vault = openVault(Buffer.alloc(32, 1))
let test: TestWorkspace

beforeAll(async () => {
  test = await createTestWorkspace()
  await test.catalogs.declare(test.workspaceId, {
    events: [{ name: 'order.paid', labels: { zh: '支付订单', en: 'paid for an order' } }],
    properties: [
      { event: 'order.paid', item: false, name: 'amount', type: 'money', labels: { zh: '金额', en: 'amount' } },
    ],
    attributes: [{ subject: 'person', key: 'city', type: 'text', labels: { zh: '城市', en: 'city' } }],
  })
  // Ten customers; customer i ordered i - 1 times for 100 yuan each, one order every ten days back from yesterday.
  await insert(
    'nodes',
    Array.from({ length: 10 }, (_, i) => node(i + 1, 1)),
  )
  await insert('nodes', [node(11, 0)])
  await insert(
    'events',
    Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: i }, (_, k) => order(i + 1, now - day - k * 10 * day)),
    ).flat(),
  )
  await insert(
    'attributes',
    Array.from({ length: 6 }, (_, i) => ({
      profile_id: i + 1,
      subject: 1,
      version: 1,
      deleted: 0,
      a_1: i < 4 ? '北京' : '上海',
    })),
  )
  await insert(
    'attribute_changes',
    Array.from({ length: 6 }, (_, i) => ({
      attr_id: 1,
      profile_id: i + 1,
      node_id: i + 1,
      subject: 1,
      ts: '2025-01-01 00:00:00.000',
      seq: i + 1,
      import_id: 0,
      op: 'set',
      str: i < 4 ? '北京' : '上海',
    })),
  )
  const catalog = () => test.catalogs.load(test.workspaceId)
  await inScope((scope) =>
    createCategory(scope, { id: 'value', name: { zh: '价值特征', en: 'Value' }, parentId: null }),
  )
  await save({ kind: 'metric', id: 'spend', name: '消费', value: { did: 'order.paid', get: { sum: 'amount' } } })
  await save({
    kind: 'tag',
    id: 'payment_tier',
    name: '累计付费金额分层',
    ordered: true,
    only: { metric: 'spend', gt: 0 },
    assign: { cut: { metric: 'spend' }, at: [200, 500], values: ['低', '中', '高'] },
  })
  await save({ kind: 'tag', id: 'city', name: '城市', assign: { value: { attr: 'city' } } })
  await save({ kind: 'tag', id: 'spend_tag', name: '消费额', assign: { value: { metric: 'spend' } } })
  await save({
    kind: 'segment',
    id: 'rich_north',
    name: '北京的高消费',
    where: {
      all: [
        { tag: 'payment_tier', in: ['中', '高'] },
        { tag: 'city', is: '北京' },
      ],
    },
  })
  async function save(document: object): Promise<void> {
    const loaded = await catalog()
    await inScope((scope) => saveDefinition(scope, document, { catalog: loaded, publish: true, categoryId: 'value' }))
  }
})
afterAll(() => test.close())

function inScope<T>(work: (scope: { tx: never; workspaceId: number; actorId: null }) => Promise<T>): Promise<T> {
  return inWorkspace(test.postgres.app, test.workspaceId, (tx) =>
    work({ tx: tx as never, workspaceId: test.workspaceId, actorId: null }),
  )
}

async function insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  await test.events.insert(table, Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')), {
    token: `test:${table}:${JSON.stringify(rows[0]).length}:${rows.length}`,
    columns: Object.keys(rows[0]!),
    gzip: false,
  })
}

function node(id: number, strong: number): Record<string, unknown> {
  return { node_id: id, subject: 1, profile_id: id, import_id: 0, strong, first_ts: '2025-01-01 00:00:00.000', seq: id }
}

let seq = 100
function order(profile: number, ts: number): Record<string, unknown> {
  seq += 1
  return {
    event: 'order.paid',
    subject: 1,
    profile_id: profile,
    ts: new Date(ts).toISOString().replace('T', ' ').replace('Z', ''),
    seq,
    node_id: profile,
    source_id: 1,
    import_id: 0,
    message_hash: seq,
    p_amount: '100',
  }
}

function request(change: Partial<RunTagsRequest> = {}): RunTagsRequest {
  return {
    workspaceId: test.workspaceId,
    now,
    refit: false,
    signal: new AbortController().signal,
    onProgress: async () => undefined,
    ...change,
  }
}
function deps() {
  return {
    pool: test.postgres.app,
    clickhouse: test.events,
    vault,
    loadCatalog: (id: number) => test.catalogs.load(id),
    readScanState: (id: number) => readScanState(test.postgres.app, id),
  }
}
async function segmentScope() {
  const catalog = await test.catalogs.load(test.workspaceId)
  return {
    clickhouse: test.events,
    catalog,
    blind: makeBlindIdentity(vault, test.workspaceId, catalog),
    heads: await inScope((scope) => readHeads(scope.tx, scope.workspaceId)),
    scan: await readScanState(test.postgres.app, test.workspaceId),
    hidden: [],
  }
}
async function outlineText(): Promise<string> {
  const rows = await inScope((scope) => readOutlineRows(scope.tx, scope.workspaceId))
  return treeText(await buildOutline(test.events, rows), 'zh')
}

it('publishes all tags of a pass together and shows them on the tree', async () => {
  const result = await runTags(deps(), request())
  expect(new Set(result.published)).toEqual(new Set(['payment_tier', 'city', 'spend_tag', 'rich_north']))
  expect(await outlineText()).toBe(
    [
      '标签目录 · 云岚商城  10 人 · 另有 1 名匿名访客',
      '└ 价值特征  10 人',
      '  ├ 累计付费金额分层  9 人  90.0%',
      '  │ ├ 低  1 人  11.1%',
      '  │ ├ 中  3 人  33.3%',
      '  │ └ 高  5 人  55.6%',
      '  ├ 城市  6 人  60.0%',
      '  │ ├ 北京  4 人  66.7%',
      '  │ └ 上海  2 人  33.3%',
      '  └ 消费额  10 人  100.0%',
    ].join('\n'),
  )
})

it('counts a segment alike from stored bitmaps, from the general plan and from its published run', async () => {
  const scope = await segmentScope()
  const entry = scope.catalog.definitions.get('rich_north')!
  const document = { ...entry.body, id: 'drafted' }
  const { definition } = checkDefinition(document, scope.catalog)
  if (definition.kind !== 'segment') throw new Error('not a segment')
  const bitmaps = await countSegment(scope, definition, null, now)
  const plan = await countSegment(scope, definition, now, now)
  expect(bitmaps).toMatchObject({ people: 2, answeredBy: 'bitmaps' })
  expect(plan).toMatchObject({ people: 2, answeredBy: 'plan' })
  const published = publishedAudience(scope, { kind: 'segments', id: 'rich_north', value: null })
  const page = published.audience.members(0, 10)
  expect(await test.events.query(page.sql, { params: page.params })).toEqual([{ profile_id: 3 }, { profile_id: 4 }])
  const rest = published.audience.members(3, 10)
  expect(await test.events.query(rest.sql, { params: rest.params })).toEqual([{ profile_id: 4 }])
})

it('keeps a snapshot when the segment moves on, and remembers only what changed', async () => {
  const snapshot = await snapshotSegment(test.postgres.app, await segmentScope(), {
    workspaceId: test.workspaceId,
    actorId: null,
    segmentId: 'rich_north',
    list: { id: 'march_list', name: '三月名单' },
  })
  expect(snapshot.people).toBe(2)
  await insert(
    'events',
    Array.from({ length: 2 }, () => order(2, now - day)),
  )
  await runTags(deps(), request())
  const scope = await segmentScope()
  expect(scope.heads.get(scope.catalog.definitions.get('rich_north')!.number)!.counts.values['1']).toBe(3)
  const { definition } = checkDefinition(
    { kind: 'segment', id: 'still', name: '名单里的', where: { member: { list: 'march_list' } } },
    scope.catalog,
  )
  if (definition.kind !== 'segment') throw new Error('not a segment')
  expect(await countSegment(scope, definition, null, now)).toMatchObject({ people: 2, answeredBy: 'bitmaps' })
  expect(await countSegment(scope, definition, now, now)).toMatchObject({ people: 2, answeredBy: 'plan' })
  const list = publishedAudience(scope, { kind: 'lists', id: 'march_list', value: null }).audience.members(0, 10)
  expect(await test.events.query(list.sql, { params: list.params })).toEqual([{ profile_id: 3 }, { profile_id: 4 }])
  const changes = await test.events.query(
    `SELECT profile_id, value FROM tag_changes WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64}`,
    {
      params: {
        tag: scope.catalog.definitions.get('payment_tier')!.number,
        run: scope.heads.get(scope.catalog.definitions.get('payment_tier')!.number)!.baseRun,
      },
    },
  )
  expect(changes).toEqual([{ profile_id: 2, value: 2 }])
})

it('computes as of a past moment', async () => {
  await runTags(deps(), request({ ids: ['payment_tier'], asOf: now - 30 * day }))
  const scope = await segmentScope()
  const head = scope.heads.get(scope.catalog.definitions.get('payment_tier')!.number)!
  // Orders of the last 30 days do not exist yet: customer i keeps i - 4 of them.
  expect(head.counts.known).toBe(6)
  expect(head.asOf).toBe(now - 30 * day)
})
