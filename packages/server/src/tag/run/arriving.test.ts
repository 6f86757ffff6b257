import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CollectingWorkspace, startCollecting } from '../../collect/testing/collecting-workspace.js'
import { attributes, event, identities, NOON, who } from '../../collect/testing/facts.js'
import { DAY, RunBench } from '../testing/run-testkit.js'
import type { RunTagsDeps } from './run-tags.js'

let shop: CollectingWorkspace
let bench: RunBench

beforeAll(async () => {
  shop = await startCollecting()
  bench = new RunBench(shop)
  await shop.take([
    event('order.paid', who('user_id:ana'), { amount: 10 }),
    event('order.paid', who('user_id:bo'), { amount: 10 }),
    event('order.paid', who('phone:13900000001'), { amount: 10 }),
    attributes(who('user_id:ana'), { city: '上海' }),
    attributes(who('user_id:bo'), { city: '北京' }),
  ])
  await bench.save({ kind: 'tag', id: 'city', name: 'city', assign: { value: { attr: 'city' } } })
  const rules = [
    { value: 'often', when: { did: 'order.paid', gte: 2 } },
    { value: 'once', when: { did: 'order.paid', gte: 1 } },
  ]
  await bench.save({ kind: 'tag', id: 'rate', name: 'rate', assign: { rules } })
})
afterAll(async () => {
  expect(shop.troubles).toEqual([])
  await shop.stop()
})

/** Facts arrive while the first statement that stages values is about to run. */
function interrupted(deps: RunTagsDeps, arrive: () => Promise<void>): RunTagsDeps {
  let hasArrived = false
  return {
    ...deps,
    clickhouse: {
      ...deps.clickhouse,
      command: async (sql, options) => {
        if (!hasArrived && sql.startsWith('INSERT INTO run_')) {
          hasArrived = true
          await arrive()
        }
        return deps.clickhouse.command(sql, options)
      },
    },
  }
}

it('a run publishes what was known when it began, whatever arrives while it computes', async () => {
  const [ana, bo, phone] = await Promise.all([
    shop.profileOf('user_id', 'ana'),
    shop.profileOf('user_id', 'bo'),
    shop.profileOf('phone', '13900000001'),
  ])
  const deps = interrupted(bench.deps, () =>
    shop.take([
      // Somebody new, a second order, another city, and two who turn out to be one.
      event('order.paid', who('user_id:cy'), { amount: 10 }),
      event('order.paid', who('user_id:bo'), { amount: 10 }),
      attributes(who('user_id:bo'), { city: '广州' }, { ts: NOON + 1000 }),
      identities(who('user_id:ana', 'phone:13900000001')),
    ]),
  )
  await bench.run({ now: NOON + DAY }, deps)
  expect(await shop.profileOf('phone', '13900000001')).toBe(Math.min(ana, phone))
  expect(await bench.published('rate')).toEqual(new Map([['once', [ana, bo, phone].sort((a, b) => a - b)]]))
  expect(await bench.published('city')).toEqual(
    new Map([
      ['北京', [bo]],
      ['上海', [ana]],
    ]),
  )
  const { heads } = await bench.segmentScope()
  expect(heads.get(1)!.counts).toMatchObject({ known: 3, population: 3 })
  expect(
    await shop.events.query(
      `SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'known_%'`,
    ),
  ).toEqual([])

  await bench.run({ now: NOON + 2 * DAY })
  const cy = await shop.profileOf('user_id', 'cy')
  const one = Math.min(ana, phone)
  const rate = await bench.published('rate')
  expect(rate.get('often')).toEqual([one, bo].sort((a, b) => a - b))
  expect(rate.get('once')).toEqual([cy])
  expect((await bench.published('city')).get('广州')).toEqual([bo])
})
