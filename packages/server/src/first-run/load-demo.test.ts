import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Catalog } from '@tagtree/core/catalog/catalog'
import { listDefinitions, showCatalogue } from '@tagtree/core/contract/catalogue'
import { countAudience } from '@tagtree/core/contract/segment'
import { showTag } from '@tagtree/core/contract/tag'
import type { DemoTruth } from '@tagtree/core/demo/truth'
import { dayNumberOf } from '@tagtree/core/kernel/calendar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../collect/demo/write-demo.js'
import { openCatalogStore } from '../store/catalog.js'
import { startTestServer, type TestServer } from '../testing/test-server.js'
import { demoStep } from './load-demo.js'

/** Small, and large enough that every tag finds somebody. */
const customers = 600
let server: TestServer
let folder: string
let catalog: Catalog
let workspaceId: number
let truth: DemoTruth
beforeAll(async () => {
  server = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'tagtree-demo-'))
  await demoStep({
    dataDirectory: folder,
    customers,
    write: async (directory, options) => {
      const written = await writeDemo(directory, options)
      truth = written.truth
      return written.files
    },
  }).run({
    address: server.address,
    token: server.token,
    say: () => {},
    signal: new AbortController().signal,
  })
  workspaceId = (await server.flow.directory.workspaceBySlug('demo'))!.id
  catalog = await openCatalogStore({ app: server.postgres.app, clickhouse: server.clickhouse }).load(workspaceId)
}, 300_000)
afterAll(async () => {
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** So few at this size that on some days there is nobody, or only one value. */
const RARE = new Set([
  ...['large_weak_credit', 'seven_day_retention', 'cart_abandoned', 'cart_not_paid', 'two_channels_one_day'],
  ...['left_company', 'coupon_expiring', 'level_fell', 'above_city_average', 'occasion', 'vip_manual', 'sharer'],
])

const people = async (where: object, subject = 'person'): Promise<number> => {
  const counted = await server.client('demo').call(countAudience, {
    body: { document: { version: 1, kind: 'segment', id: 'asked', name: 'asked', subject, where } },
  })
  return counted.people
}

describe('the demo workspace', () => {
  it('has as many customers and companies as its generated truth says', async () => {
    const { population } = await server.client('demo').call(showCatalogue)
    expect(population.person).toBe(truth.profiles)
    expect(population.organisation).toBe(truth.companies)
    expect(truth.profiles).toBeGreaterThan(truth.persons)
  })

  it('has people in every tag, in more than one value wherever the day does not decide', async () => {
    const { categories, tags } = await server.client('demo').call(showCatalogue)
    const below = (all: typeof categories): typeof tags => all.flatMap((one) => [...one.tags, ...below(one.categories)])
    const shown = [...tags, ...below(categories)]
    expect(shown.length).toBeGreaterThanOrEqual(30)
    for (const { id, values } of shown) {
      const held = values.filter(({ people }) => people > 0).length
      expect(held, id).toBeGreaterThanOrEqual(RARE.has(id) ? 1 : 2)
    }
    const { items } = await server.client('demo').call(listDefinitions, { query: { kind: 'segment' } })
    expect(items.length).toBeGreaterThanOrEqual(12)
    for (const { id } of items) {
      const { known } = await server.client('demo').call(showTag, { params: { id } })
      if (!RARE.has(id)) expect(known, id).toBeGreaterThan(0)
    }
  })

  it('knows who works where from both ends', async () => {
    expect(catalog.relations.get('employs')).toMatchObject({ from: 'organisation', to: 'person', inverseOf: null })
    expect(catalog.relations.get('employer')).toMatchObject({ from: 'person', inverseOf: 'employs' })
    expect(await people({ via: 'employer', where: { attr: 'industry', known: true }, gte: 1 })).toBeGreaterThan(0)
    const namesSomebody = { via: 'employs', where: { attr: 'name', known: true }, gte: 1 }
    expect(await people(namesSomebody, 'organisation')).toBeGreaterThan(0)
  })

  it('knows brands, price bands and list prices of everything that is sold', async () => {
    const goods = catalog.items.get('goods')!
    expect([...goods.properties.keys()].sort()).toEqual(['brand', 'category', 'list_price', 'name', 'price_band'])
    expect(goods.properties.get('list_price')).toMatchObject({ type: 'money', column: 'c_list_price' })
    for (const [event, property] of [
      ['order.paid', 'items.sku'],
      ['product.viewed', 'sku'],
      ['order.returned', 'sku'],
    ] as const) {
      expect(catalog.events.get(event)!.properties.get(property)?.catalogue, event).toBe('goods')
    }
    const [sold] = await server.clickhouse.workspace(`ws_${workspaceId}`).query<{ lines: string; known: string }>(
      `SELECT count() AS lines, countIf(sku IN (SELECT item FROM items WHERE catalogue = 'goods')) AS known
       FROM events ARRAY JOIN i_sku AS sku WHERE event = 'order.paid'`,
    )
    expect(sold!.known).toBe(sold!.lines)
    const bought = { did: 'order.paid', each: 'items', gte: 1 }
    const [buyers, dear, other] = await Promise.all([
      people(bought),
      people({ ...bought, where: { prop: 'items.sku.price_band', is: '高端' } }),
      people({ ...bought, where: { prop: 'items.sku.price_band', notIn: ['高端'] } }),
    ])
    expect(dear).toBeGreaterThan(0)
    expect(dear).toBeLessThan(buyers)
    expect(dear + other).toBeGreaterThanOrEqual(buyers)
  })

  it('has its holidays, promotions and periods', async () => {
    const year = new Date().getFullYear() - 1
    expect(catalog.calendar.get(dayNumberOf({ year: 2026, month: 10, day: 1 }))?.holiday).toBe('国庆节')
    expect(catalog.calendar.get(dayNumberOf({ year, month: 11, day: 11 }))?.promotion).toBe('双11')
    expect([...catalog.periods.keys()]).toContain(`double11_${year}`)
    const inPeriod = await people({ did: 'order.paid', within: { period: `double11_${year}` }, gte: 1 })
    const byDay = await people({
      did: 'order.paid',
      where: {
        all: [
          { clock: 'promotion', is: '双11' },
          { clock: 'year', is: year },
        ],
      },
      gte: 1,
    })
    expect(inPeriod).toBeGreaterThan(0)
    expect(byDay).toBe(inPeriod)
  })
})
