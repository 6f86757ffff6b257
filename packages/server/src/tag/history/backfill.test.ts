import { startOfUnit, zoneOf } from '@tagtree/core/kernel/zone'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { runTags } from '../run/run-tags.js'
import { DAY, RunBench } from '../testing/run-testkit.js'
import { type BackfillOrder, backfill } from './backfill.js'
import { readHistoryRanges, readsHistoryOf } from './history-range.js'
import { hiddenRuns, historySubject, readMoment } from './published-moment.js'
import { valuesAt } from './values-at.js'

const NOW = Date.parse('2026-03-20T10:00:00Z')
const ZONE = zoneOf('Asia/Shanghai')
const PEOPLE = 6
/** Profile p pays on days p, p + 6, p + 12 … before NOW, its number in yuan. */
const orders = Array.from({ length: 60 }, (_, day) => ({
  profile: (day % PEOPLE) + 1,
  ts: NOW - day * DAY,
  amount: (day % PEOPLE) + 1,
}))
const order: BackfillOrder = { id: 'spent', by: 'day', count: 10, until: NOW }
let workspace: TestWorkspace
let bench: RunBench

beforeAll(async () => {
  workspace = await createTestWorkspace()
  bench = new RunBench(workspace)
  await workspace.catalogs.declare(workspace.workspaceId, {
    events: [{ name: 'order.paid', labels: 'order.paid' }],
    properties: [{ event: 'order.paid', item: false, name: 'amount', type: 'money', labels: 'amount' }],
    attributes: [],
  })
  await bench.addCustomers(PEOPLE)
  await bench.addOrders(orders)
  const spend = { did: 'order.paid', get: { sum: 'amount' }, within: { last: '7d' } }
  const values = ['none', 'little', 'much']
  await bench.save({
    kind: 'tag',
    id: 'spent',
    name: 'spent',
    ordered: true,
    assign: { cut: spend, at: [3, 5], values },
  })
  await bench.run({ now: NOW })
})
afterAll(() => workspace?.close())

const runner = { runOnce: (request: Parameters<typeof runTags>[1]) => runTags(bench.deps, request) }
const work = (signal = new AbortController().signal, report: (progress: { done: number }) => void = () => {}) =>
  backfill(bench.deps, runner, workspace.workspaceId, order, { signal, now: () => NOW, report })

/** Label -> profiles at a moment as the history tells. */
async function historyAt(moment: number): Promise<Record<string, number[]>> {
  const catalog = await workspace.catalogs.load(workspace.workspaceId)
  const subject = historySubject(catalog, 'spent')
  const { sql, params } = await bench.inScope(async ({ tx, workspaceId }) =>
    valuesAt(
      { number: subject.number, hidden: await hiddenRuns(tx, workspaceId, null) },
      await readMoment(tx, workspaceId, subject, moment, null),
      moment,
      'at',
    ),
  )
  const rows = await workspace.events.query<{ value: number; profiles: number[] }>(
    `SELECT value, arraySort(groupArray(profile_id)) AS profiles FROM (${sql}) GROUP BY value ORDER BY value`,
    { params },
  )
  const labels = new Map([...catalog.definitions.get('spent')!.codes].map(([label, code]) => [code, label]))
  return Object.fromEntries(rows.map((row) => [labels.get(row.value)!, row.profiles]))
}

function recount(moment: number): Record<string, number[]> {
  const found: Record<string, number[]> = {}
  for (let profile = 1; profile <= PEOPLE; profile++) {
    const sum = orders
      .filter((one) => one.profile === profile && one.ts < moment && one.ts >= moment - 7 * DAY)
      .reduce((total, one) => total + one.amount, 0)
    const value = sum >= 5 ? 'much' : sum >= 3 ? 'little' : 'none'
    found[value] = [...(found[value] ?? []), profile]
  }
  return found
}

it('goes on where it was stopped, and leaves what is published now alone', async () => {
  const before = await bench.published('spent')
  const stop = new AbortController()
  const seen: number[] = []
  const stopped = work(stop.signal, ({ done }) => {
    seen.push(done)
    if (done === 4) stop.abort('canceled')
  })
  await expect(stopped).rejects.toBeDefined()
  expect(seen).toEqual([1, 2, 3, 4])
  const runsOf = () =>
    bench.inScope(async ({ tx, workspaceId }) => {
      const { rows } = await tx.query(
        `select as_of from tag_run where workspace_id = $1 and definition_id = 'spent' and kind = 'backfill'
         and state = 'published'`,
        [workspaceId],
      )
      return rows.length
    })
  expect(await runsOf()).toBe(4)
  expect(await work()).toMatchObject({ done: 10, moments: 10 })
  expect(await runsOf()).toBe(10)
  expect(await bench.published('spent')).toEqual(before)
  // A run that follows cleans the bitmaps of the past; those of the present stay.
  await bench.run({ now: NOW + DAY, ids: [] })
  expect(await bench.published('spent')).toEqual(before)
})

it('tells of every past day what a recount tells', async () => {
  for (let day = 0; day < 10; day++) {
    const midnight = startOfUnit(ZONE, 'day', NOW, -day)
    for (const moment of [midnight, midnight + 5 * 3_600_000]) {
      expect(await historyAt(moment), new Date(moment).toISOString()).toEqual(recount(midnight))
    }
  }
  expect(await historyAt(NOW)).toEqual(recount(NOW))
})

it('says how far the history reaches, and which histories a definition reads', async () => {
  const [range] = await bench.inScope(({ tx, workspaceId }) => readHistoryRanges(tx, workspaceId, ['spent']))
  expect(range).toEqual({ id: 'spent', since: startOfUnit(ZONE, 'day', NOW, -9), moments: 11 })
  const where = {
    all: [{ did: { changes: { tag: 'spent' } }, gte: 1 }, { not: { did: { changes: { attr: 'city' } }, gte: 1 } }],
  }
  expect(readsHistoryOf({ kind: 'segment', where })).toEqual(['spent'])
})

it('a run after it writes the changes since the newest moment', async () => {
  await bench.run({ now: NOW + 2 * DAY })
  expect(await historyAt(NOW + 2 * DAY)).toEqual(recount(NOW + 2 * DAY))
  expect(await historyAt(NOW)).toEqual(recount(NOW))
})
