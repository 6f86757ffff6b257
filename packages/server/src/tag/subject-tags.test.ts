import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { readSubjectTags } from './subject-tags.js'
import { DAY, RunBench } from './testing/run-testkit.js'

const NOW = Date.parse('2026-03-01T04:00:00Z')
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
  await bench.addCustomers(2)
  const spend = { did: 'order.paid', get: { sum: 'amount' } }
  const rules = [
    { value: 'high', when: { ...spend, gte: 300 } },
    { value: 'low', when: { ...spend, gt: 0 } },
  ]
  await bench.save({ kind: 'tag', id: 'tier', name: 'tier', assign: { rules } })
  const traits = [...rules, { value: 'loyal', when: { did: 'order.paid', gte: 2 } }]
  await bench.save({ kind: 'tag', id: 'traits', name: 'traits', family: 'multi', assign: { rules: traits } })
  await bench.save({ kind: 'tag', id: 'spent', name: 'spent', only: { ...spend, gt: 0 }, assign: { value: spend } })
  await bench.save({ kind: 'tag', id: 'last', name: 'last', assign: { value: { did: 'order.paid', get: 'lastAt' } } })
  await bench.addOrders([{ profile: 1, ts: NOW - DAY, amount: 100 }])
  await bench.run({ now: NOW })
  await bench.addOrders([{ profile: 1, ts: NOW + DAY, amount: 200.5 }])
  await bench.run({ now: NOW + 2 * DAY })
  await bench.run({ now: NOW + 3 * DAY })
})
afterAll(() => workspace?.close())

/** Tag -> its values with the day, counted from NOW, since when each holds. */
async function tagsOf(profile: number): Promise<Record<string, [string, number][]>> {
  const { clickhouse, catalog, heads, hidden } = await bench.segmentScope()
  const tags = await readSubjectTags({ clickhouse, catalog, heads, unpublishedRuns: hidden }, profile)
  return Object.fromEntries(
    tags.map(({ id, values }) => [id, values.map(({ code, since }): [string, number] => [code, (since - NOW) / DAY])]),
  )
}

const after = {
  tier: [['high', 2]],
  traits: [
    ['high', 2],
    ['low', 0],
    ['loyal', 2],
  ],
  spent: [['300.5', 2]],
  last: [['2026-03-02T04:00:00.000Z', 2]],
}

it('says what holds and since when', async () => {
  expect(await tagsOf(1)).toEqual(after)
  expect(await tagsOf(2)).toEqual({})
  expect(await tagsOf(99)).toEqual({})
})

it('speaks of the moment that is published, and of today again after the next run', async () => {
  await bench.run({ now: NOW + 4 * DAY, asOf: NOW + DAY / 2 })
  expect(await tagsOf(1)).toEqual({
    tier: [['low', 0]],
    traits: [['low', 0]],
    spent: [['100', 0]],
    last: [['2026-02-28T04:00:00.000Z', 0]],
  })
  await bench.run({ now: NOW + 4 * DAY })
  expect(await tagsOf(1)).toEqual(after)
})
