import { afterAll, beforeAll, expect, it } from 'vitest'
import { DAY, RunBench } from '../tag/testing/run-testkit.js'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'

const NOW = Date.parse('2026-03-01T04:00:00Z')
let workspace: TestWorkspace
let bench: RunBench
beforeAll(async () => {
  workspace = await createTestWorkspace()
  bench = new RunBench(workspace)
  await workspace.catalogs.declare(workspace.workspaceId, {
    events: [{ name: 'order.paid', labels: 'order.paid' }],
    properties: [{ event: 'order.paid', item: false, name: 'amount', type: 'money', labels: 'amount' }],
  })
  await bench.addCustomers(4)
})
afterAll(() => workspace?.close())

it('a segment that is refreshed by hand is a snapshot with a history', async () => {
  const where = { did: 'order.paid', gte: 1 }
  await bench.save({ kind: 'segment', id: 'taken', name: 'taken', where, refresh: 'manual' })
  await bench.save({ kind: 'segment', id: 'living', name: 'living', where })
  await bench.addOrders([{ profile: 1, ts: NOW - DAY, amount: 1 }])
  await bench.run({ now: NOW })
  expect([await bench.published('taken'), await bench.published('living')]).toEqual(
    Array(2).fill(new Map([['1', [1]]])),
  )

  await bench.addOrders([{ profile: 2, ts: NOW + 1000, amount: 1 }])
  await bench.run({ now: NOW + DAY })
  expect(await bench.published('taken')).toEqual(new Map([['1', [1]]]))
  expect(await bench.published('living')).toEqual(new Map([['1', [1, 2]]]))

  await bench.run({ now: NOW + 2 * DAY, ids: ['taken'] })
  expect(await bench.published('taken')).toEqual(new Map([['1', [1, 2]]]))
  // Whoever came with the second snapshot came then, not when the order was paid.
  const history = await workspace.events.query<{ profile_id: number; at: number }>(
    `SELECT profile_id, toUInt32(as_of) AS at FROM tag_changes WHERE tag_id = {tag:UInt32} ORDER BY at`,
    { params: { tag: await bench.numberOf('taken') } },
  )
  expect(history).toEqual([
    { profile_id: 1, at: NOW / 1000 },
    { profile_id: 2, at: (NOW + 2 * DAY) / 1000 },
  ])

  // Another meaning is another snapshot.
  await bench.save({ kind: 'segment', id: 'taken', name: 'taken', where: { not: where }, refresh: 'manual' })
  await bench.run({ now: NOW + 3 * DAY })
  expect(await bench.published('taken')).toEqual(new Map([['1', [3, 4]]]))
})
