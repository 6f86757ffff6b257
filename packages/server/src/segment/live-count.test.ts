import { Random } from '@tagtree/core/demo/random'
import type { SegmentDefinition } from '@tagtree/core/language/document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, RunBench } from '../tag/testing/run-testkit.js'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { estimateCount, type LiveCountScope, liveCount, ratioEstimate } from './live-count.js'

const NOW = Date.parse('2026-03-01T04:00:00Z')
const PEOPLE = 60_000
let workspace: TestWorkspace
let scope: LiveCountScope

/** Old customers buy more than new ones, so that neighbouring profiles are alike. */
beforeAll(async () => {
  workspace = await createTestWorkspace()
  const bench = new RunBench(workspace)
  await workspace.catalogs.declare(workspace.workspaceId, {
    events: [{ name: 'order.paid', labels: 'order.paid' }],
    properties: [{ event: 'order.paid', item: false, name: 'amount', type: 'money', labels: 'amount' }],
  })
  await bench.addCustomers(PEOPLE)
  const random = new Random(7, 1, 0)
  const orders = Array.from({ length: PEOPLE }, (_, i) => i + 1).flatMap((profile) => {
    return random.chance(0.6 - (0.5 * profile) / PEOPLE) ? [{ profile, ts: NOW - DAY, amount: 10 }] : []
  })
  await bench.addOrders(orders)
  await bench.save({ kind: 'tag', id: 'any', name: 'any', assign: { value: { did: 'order.paid' } } })
  await bench.run({ now: NOW })
  const { workspaceId, postgres } = workspace
  scope = { ...(await bench.segmentScope()), pool: postgres.app, workspaceId }
})
afterAll(() => workspace?.close())

const buyers: SegmentDefinition = {
  version: 1,
  kind: 'segment',
  id: 'buyers',
  name: 'buyers',
  where: { did: 'order.paid', gte: 1 },
}

describe('an estimate', () => {
  it('comes first, with an interval that holds the exact count', async () => {
    const counts = []
    for await (const count of liveCount(scope, buyers, NOW, new AbortController().signal)) counts.push(count)
    const exact = counts.at(-1)!
    expect(exact).toMatchObject({ kind: 'exact', count: { population: PEOPLE, answeredBy: 'plan' } })
    const estimate = (await estimateCount(scope, buyers, NOW))!
    expect(estimate).toMatchObject({ population: PEOPLE })
    expect(estimate.sampled).toBeLessThan(PEOPLE / 2)
    expect(Math.abs(estimate.people - exact.count.people)).toBeLessThan(4 * estimate.standardError)
    expect(estimate.low).toBeLessThanOrEqual(estimate.people)
    expect(estimate.high).toBeGreaterThanOrEqual(estimate.people)
    expect(await estimateCount(scope, buyers, NOW)).toEqual(estimate)
  })

  it('is left out where it could not be true', async () => {
    const taken: SegmentDefinition = { ...buyers, take: { random: 5, seed: 'x' } }
    expect(await estimateCount(scope, taken, NOW)).toBeNull()
    const spend = { did: 'order.paid' as const, get: { sum: 'amount' } }
    const cut: SegmentDefinition = { ...buyers, where: { cut: spend, at: { method: 'quantile', n: 2 }, is: 2 } }
    expect(await estimateCount(scope, cut, NOW)).toBeNull()
  })

  it('of blocks that are all alike has no error, and of one block there is none', () => {
    const alike = Array.from({ length: 4 }, () => ({ members: 3, people: 10 }))
    expect(ratioEstimate(alike, 1000)).toMatchObject({ people: 300, standardError: 0, low: 300, high: 300 })
    expect(ratioEstimate([{ members: 1, people: 2 }], 1000)).toBeNull()
    // Worked by hand: ratio 0.5, deviations ±2, 1 - 40/1000 unseen, mean 10.
    const uneven = [7, 3, 7, 3].map((members) => ({ members, people: 10 }))
    expect(ratioEstimate(uneven, 1000)!.standardError).toBeCloseTo(1000 * Math.sqrt((0.96 * 16) / 3 / 400), 1)
  })
})
