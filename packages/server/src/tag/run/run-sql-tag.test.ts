import { AppError } from '@tagtree/core/kernel/app-error'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBlindIdentity } from '../../identify/blind-identity.js'
import { openVault } from '../../identify/identity-vault.js'
import { inWorkspace } from '../../store/postgres.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { DAY, RunBench } from '../testing/run-testkit.js'
import { runSqlTag } from './run-sql-tag.js'

const now = Date.parse('2026-03-01T04:00:00Z')
let test: TestWorkspace
let bench: RunBench

beforeAll(async () => {
  test = await createTestWorkspace()
  bench = new RunBench(test)
  await test.catalogs.declare(test.workspaceId, {
    events: [{ name: 'order.paid', labels: 'paid' }],
    properties: [{ event: 'order.paid', item: false, name: 'amount', type: 'money', labels: 'amount' }],
    attributes: [{ subject: 'person', key: 'city', type: 'text', labels: 'city' }],
  })
  await bench.addCustomers(6)
  // A visitor and an organisation: nobody a tag of customers is about.
  await bench.insert('nodes', [
    { ...node(7), strong: 0 },
    { ...node(8), subject: 2 },
  ])
  // Customer i ordered i - 1 times for 100, one order every ten days back from yesterday.
  await bench.addOrders(
    Array.from({ length: 8 }, (_, i) =>
      Array.from({ length: i }, (_, k) => ({ profile: i + 1, ts: now - DAY - k * 10 * DAY, amount: 100.5 })),
    ).flat(),
  )
  await bench.insert('attribute_changes', [
    change(2, '2025-02-01', '北京'),
    change(2, '2026-02-27', '上海'),
    change(3, '2025-02-01', '北京'),
  ])
  await bench.insert('attributes', [
    { profile_id: 2, subject: 1, version: 1, deleted: 0, a_1: '上海' },
    { profile_id: 3, subject: 1, version: 1, deleted: 0, a_1: '北京' },
  ])
})
afterAll(() => test?.close())

const node = (id: number) => ({
  node_id: id,
  subject: 1,
  profile_id: id,
  import_id: 0,
  strong: 1,
  first_ts: '2025-01-01 00:00:00.000',
  seq: id,
})
const change = (profile: number, day: string, city: string) => ({
  attr_id: 1,
  profile_id: profile,
  node_id: profile,
  subject: 1,
  ts: `${day} 00:00:00.000`,
  seq: profile,
  import_id: 0,
  op: 'set',
  str: city,
})
const sqlTag = (id: string, sql: string, more: object = {}) =>
  bench.save({ kind: 'tag', id, name: id, ...more, assign: { given: { sql } } })

/** Numbers and dates as they were published, by profile. */
async function figures(id: string): Promise<Record<number, string>> {
  const number = await bench.numberOf(id)
  const rows = await test.events.query<{ profile_id: number; v: string }>(
    `SELECT profile_id, argMax(coalesce(toString(num), toString(at), ''), (as_of, run_id)) AS v FROM tag_numbers
     WHERE tag_id = {number:UInt32} GROUP BY profile_id ORDER BY profile_id`,
    { params: { number } },
  )
  return Object.fromEntries(rows.map((row) => [row.profile_id, row.v]))
}

const counts = 'SELECT profile_id, count() AS n FROM order_paid GROUP BY profile_id'
const frequent = `SELECT profile_id, if(n > 3, '高频', '低频') AS value FROM (${counts})`

describe('values of a statement', () => {
  it('texts become values of the living of the population alone', async () => {
    await sqlTag('frequency', frequent)
    expect((await bench.run({ now, ids: ['frequency'] })).published).toEqual(['frequency'])
    expect(await bench.published('frequency')).toEqual(
      new Map([
        ['低频', [2, 3, 4]],
        ['高频', [5, 6]],
      ]),
    )
  })

  it('speaks for those alone whom `only` names, and knows the listed values alone', async () => {
    await sqlTag('listed', frequent, {
      values: [{ code: '高频' }, { code: '没有' }],
      only: { did: 'order.paid', lt: 5 },
    })
    await bench.run({ now, ids: ['listed'] })
    expect(await bench.published('listed')).toEqual(new Map([['高频', [5]]]))
  })

  it('numbers, days and instants keep their type', async () => {
    await sqlTag('spend', 'SELECT profile_id, sum(amount) AS value FROM order_paid GROUP BY profile_id')
    await sqlTag('ratio', `SELECT profile_id, n / 3 FROM (${counts})`)
    await sqlTag(
      'last_day',
      'SELECT profile_id, toDate(max(ts)) AS value FROM order_paid WHERE profile_id = 2 GROUP BY profile_id',
    )
    await sqlTag(
      'last_at',
      'SELECT profile_id, max(ts) AS value FROM order_paid WHERE profile_id = 2 GROUP BY profile_id',
    )
    await bench.run({ now })
    expect(await figures('spend')).toEqual({ 2: '100.5', 3: '201', 4: '301.5', 5: '402', 6: '502.5' })
    expect((await figures('ratio'))[2]).toBe('0.33333333')
    // A day is local midnight of the workspace, 16:00 of the day before in UTC.
    expect(await figures('last_day')).toEqual({ 2: '2026-02-27 16:00:00.000' })
    expect(await figures('last_at')).toEqual({ 2: '2026-02-28 04:00:00.000' })
  })

  it('several rows are several values of a multi tag', async () => {
    const both = `${frequent} UNION ALL SELECT profile_id, '买过' FROM order_paid`
    await sqlTag('many', both, { family: 'multi' })
    await bench.run({ now, ids: ['many'] })
    expect(await bench.published('many')).toEqual(
      new Map([
        ['买过', [2, 3, 4, 5, 6]],
        ['低频', [2, 3, 4]],
        ['高频', [5, 6]],
      ]),
    )
  })

  it('two values for one customer are an error with their number where a tag has one', async () => {
    await sqlTag('two', `${frequent} UNION ALL SELECT profile_id, '买过' FROM order_paid WHERE profile_id < 4`)
    const error = await bench.run({ now, ids: ['two'] }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).say('en').message).toMatch(/2 customers more than one value/)
    await remove('two')
  })

  it('yes and no are the values true and false', async () => {
    await sqlTag('is_customer', 'SELECT profile_id, profile_id > 4 AND customer AS b FROM profiles')
    await sqlTag('is_bool', "SELECT profile_id, CAST(profile_id > 4, 'Bool') FROM profiles")
    await bench.run({ now, ids: ['is_bool', 'is_customer'] })
    expect(await bench.published('is_bool')).toEqual(
      new Map([
        ['false', [1, 2, 3, 4]],
        ['true', [5, 6]],
      ]),
    )
  })
})

describe('moments', () => {
  it('a run for an earlier moment sees what was before it', async () => {
    await sqlTag(
      'by_then',
      `SELECT profile_id, toString(count()) FROM order_paid WHERE ts >= as_of - INTERVAL 20 DAY GROUP BY profile_id`,
    )
    await bench.run({ now, ids: ['by_then'], asOf: now - 15 * DAY })
    expect(await bench.published('by_then')).toEqual(
      new Map([
        ['1', [4]],
        ['2', [5, 6]],
      ]),
    )
  })

  it('attributes are as they were', async () => {
    await sqlTag('city_then', 'SELECT profile_id, city AS value FROM attributes')
    await bench.run({ now, ids: ['city_then'], asOf: now - 15 * DAY })
    expect(await bench.published('city_then')).toEqual(new Map([['北京', [2, 3]]]))
    await bench.run({ now, ids: ['city_then'] })
    expect(await bench.published('city_then')).toEqual(
      new Map([
        ['北京', [3]],
        ['上海', [2]],
      ]),
    )
  })

  it('tags are as they were published', async () => {
    await sqlTag('of_tags', `SELECT profile_id, concat(value, '!') FROM tags WHERE tag = 'frequency'`)
    await sqlTag('of_many', `SELECT profile_id, toString(count()) FROM tags WHERE tag = 'many' GROUP BY profile_id`)
    await sqlTag('of_spend', `SELECT profile_id, number FROM tags WHERE tag = 'spend' AND number > 400`)
    await bench.run({ now: now + DAY, ids: ['of_tags', 'of_many', 'of_spend'] })
    expect(await bench.published('of_tags')).toEqual(
      new Map([
        ['低频!', [2, 3, 4]],
        ['高频!', [5, 6]],
      ]),
    )
    expect(await bench.published('of_many')).toEqual(new Map([['2', [2, 3, 4, 5, 6]]]))
    expect(await figures('of_spend')).toEqual({ 5: '402', 6: '502.5' })
  })

  it('other definitions read what it published, in the same run', async () => {
    await bench.save({ kind: 'segment', id: 'often', name: 'often', where: { tag: 'frequency', is: '高频' } })
    await bench.save({ kind: 'segment', id: 'rich', name: 'rich', where: { tag: 'spend', gte: 402 } })
    await bench.save({ kind: 'segment', id: 'both', name: 'both', where: { tag: 'many', hasAny: ['高频'] } })
    await bench.save({
      kind: 'segment',
      id: 'recent',
      name: 'recent',
      where: { tag: 'last_at', during: { last: '7d' } },
    })
    await bench.run({ now: now + 2 * DAY })
    for (const id of ['often', 'rich', 'both']) expect((await bench.published(id)).get('1')).toEqual([5, 6])
    expect((await bench.published('recent')).get('1')).toEqual([2])
  })
})

describe('what goes wrong', () => {
  it('a statement that never ends ends with an error and disturbs no other tag', async () => {
    const endless = `SELECT p.profile_id AS profile_id, sum(cityHash64(a.x, b.y)) AS value FROM profiles AS p
      CROSS JOIN (SELECT arrayJoin(range(300000)) AS x) AS a CROSS JOIN (SELECT arrayJoin(range(300000)) AS y) AS b
      GROUP BY p.profile_id`
    await sqlTag('endless', endless)
    const catalog = await test.catalogs.load(test.workspaceId)
    const { clickhouse, pool, readScanState } = bench.deps
    const scan = await readScanState(test.workspaceId)
    const blind = makeBlindIdentity(openVault(Buffer.alloc(32, 1)), test.workspaceId, catalog)
    const request = {
      workspaceId: test.workspaceId,
      entry: catalog.definitions.get('endless')!,
      subject: 'person',
      asOf: now,
      isNow: true,
      kind: 'base' as const,
      refit: false,
      seconds: 1,
      signal: new AbortController().signal,
      onProgress: async () => undefined,
    }
    const begun = performance.now()
    const error = await runSqlTag({ pool, clickhouse, catalog, scan, blind }, request).catch(
      (thrown: unknown) => thrown,
    )
    expect((error as AppError).say('en').message).toMatch(/did not end within 1 s/)
    expect(performance.now() - begun).toBeLessThan(10_000)
    await untilNobodyRuns(`${test.events.database}_sql`)
    const state = await inWorkspace(pool, test.workspaceId, async (tx) => {
      const { rows } = await tx.query<{ state: string; error: { words: { reason: { zh: string } } } }>(
        `select state, error from tag_run where workspace_id = $1 and definition_id = 'endless' order by run_id desc limit 1`,
        [test.workspaceId],
      )
      return rows[0]
    })
    expect(state).toMatchObject({
      state: 'failed',
      error: { words: { reason: { zh: expect.stringContaining('1 秒') } } },
    })
    await remove('endless')
  })

  it('a statement that is refused at the run is told by its run; all others are published', async () => {
    await bench.save({
      kind: 'tag',
      id: 'leak',
      name: 'x',
      assign: { given: { sql: `SELECT 1 AS profile_id, file('/etc/passwd')` } },
    })
    const result = await bench.run({ now: now + 3 * DAY })
    expect(result.broken).toEqual(['leak'])
    expect(result.published).toContain('frequency')
    expect(result.published).toContain('often')
  })
})

async function remove(id: string): Promise<void> {
  await inWorkspace(test.postgres.app, test.workspaceId, (tx) =>
    tx.query(`update definition set state = 'deleted' where workspace_id = $1 and id = $2`, [test.workspaceId, id]),
  )
  await inWorkspace(test.postgres.app, test.workspaceId, (tx) => test.catalogs.bump(tx, test.workspaceId))
}

/** Looks until no statement of a user is under way; the test's own time is the limit. */
async function untilNobodyRuns(user: string): Promise<void> {
  for (;;) {
    const rows = await test.events.query<{ n: string }>(
      'SELECT toString(count()) AS n FROM system.processes WHERE user = {user:String}',
      { params: { user } },
    )
    if (rows[0]?.n === '0') return
  }
}
