import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as audience from '@tagtree/core/contract/audience'
import * as catalogue from '@tagtree/core/contract/catalogue'
import * as imports from '@tagtree/core/contract/import'
import * as tag from '@tagtree/core/contract/tag'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.js'
import { openShop, type Shop, until } from './testing/shop.js'

/** Real data and figures that were computed outside; not part of the repository. */
const shared = fileURLToPath(new URL('../../../../../shared/', import.meta.url))
const isThere = existsSync(`${shared}oracles/complete_journey.json`) && existsSync(`${shared}data/complete-journey`)
if (!isThere) console.warn('oracles: ../shared is absent, its figures are passed over')

const oracle = (name: string) => JSON.parse(readFileSync(`${shared}oracles/${name}.json`, 'utf8'))
const LONG = 600_000
let server: TestServer

describe.skipIf(!isThere)('through import and API alone, as it was computed outside', () => {
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server?.remove())

  it('the baskets, campaigns and departments of 2,377 households', { timeout: LONG }, async () => {
    const expected = oracle('complete_journey')
    const shop = await openShop(server, 'journey')
    const folder = `${shared}data/complete-journey/`
    await take(shop, `${folder}products.csv.gz`, 'complete-journey-products')
    await take(shop, `${folder}transactions_sample.csv.gz`, 'complete-journey-transactions')
    await take(shop, `${folder}campaigns.csv.gz`, 'complete-journey-campaigns')
    await take(shop, `${folder}coupon_redemptions.csv.gz`, 'complete-journey-redemptions')

    const sum = (property: string) => ({ value: { did: 'order.paid', get: { sum: property } }, get: 'sum' })
    const line = (property: string) => ({
      value: { did: 'order.paid', each: 'items', get: { sum: `items.${property}` } },
      get: 'sum',
    })
    const bought = { did: 'order.paid', gte: 1 }
    const [all] = await figures(shop, {
      subject: 'household',
      where: bought,
      values: [
        sum('lines'),
        { value: { did: 'order.paid', get: { distinct: 'order_id' } }, get: 'sum' },
        sum('amount'),
        line('amount'),
        sum('retail_discount'),
        sum('coupon_discount'),
      ],
    })
    const { rows, households, baskets, sales, retail_disc, coupon_disc, sales_by_month } = expected.transactions_sample
    expect([all!.people, ...all!.values]).toEqual(
      [households, rows, baskets, sales, sales, retail_disc, coupon_disc].map(Number),
    )
    const byMonth = await figures(shop, {
      subject: 'household',
      values: [sum('amount')],
      by: { event: { prop: { clock: 'yearMonth' }, did: 'order.paid' } },
    })
    expect(Object.fromEntries(byMonth.map(({ key, values }) => [key, values[0]]))).toEqual(sales_by_month)

    const byDepartment = await figures(shop, {
      subject: 'household',
      values: [line('amount'), { value: { did: 'order.paid', each: 'items' }, get: 'sum' }],
      by: { event: { prop: 'items.sku.department', did: 'order.paid', each: 'items' } },
    })
    const top = [...byDepartment].sort((a, b) => b.values[0]! - a.values[0]!).slice(0, 10)
    expect(Object.fromEntries(top.map(({ key, values }) => [key, values[0]]))).toEqual(
      expected.sales_by_department_top10,
    )
    expect(byDepartment.find(({ key }) => key === null)?.values[1]).toBe(expected.lines_without_product_row)

    const mailed = { attr: 'mailed_campaigns' }
    const [pairs] = await figures(shop, {
      subject: 'household',
      where: { ...mailed, known: true },
      values: [{ value: { calc: 'size', of: [mailed] }, get: 'sum' }],
    })
    expect([pairs!.people, pairs!.values[0]]).toEqual([
      expected.campaigns.households_mailed,
      expected.campaigns.mailed_pairs,
    ])
    const redeemed = { did: 'coupon.redeemed' }
    const byMailed = await figures(shop, {
      subject: 'household',
      values: [{ value: redeemed, get: 'count' }],
      by: { value: mailed },
    })
    const byRedeemed = await figures(shop, {
      subject: 'household',
      values: [{ value: redeemed, get: 'sum' }],
      by: { event: { prop: 'campaign', did: 'coupon.redeemed' } },
    })
    const peopleOf = (groups: readonly Group[], key: string) => groups.find((group) => group.key === key)?.people ?? 0
    const byType: Record<string, { mailed: number; redeemed_by: number }> = {}
    for (const [campaign, { type, mailed: sent, redeemed_by: by }] of Object.entries<{
      type: string
      mailed: number
      redeemed_by: number
    }>(expected.campaigns.by_campaign)) {
      const found = { mailed: peopleOf(byMailed, campaign), redeemed_by: peopleOf(byRedeemed, campaign) }
      expect({ campaign, ...found }).toEqual({ campaign, mailed: sent, redeemed_by: by })
      byType[type] ??= { mailed: 0, redeemed_by: 0 }
      byType[type].mailed += found.mailed
      byType[type].redeemed_by += found.redeemed_by
    }
    for (const [type, figure] of Object.entries(byType)) expect(expected.campaigns.by_type[type]).toMatchObject(figure)
    const [redemptions] = await figures(shop, {
      subject: 'household',
      where: { ...redeemed, gte: 1 },
      values: [{ value: redeemed, get: 'sum' }],
    })
    const notMailed = await figures(shop, {
      subject: 'household',
      where: {
        all: [
          { ...redeemed, gte: 1 },
          { ...mailed, known: false },
        ],
      },
      values: [{ value: redeemed, get: 'count' }],
    })
    expect([redemptions!.values[0], redemptions!.people, notMailed[0]?.people ?? 0]).toEqual([
      expected.redemptions.rows,
      expected.redemptions.households,
      expected.redemptions.of_households_not_mailed,
    ])
  })

  it('the tiers of what 440 customers of a wholesaler buy', { timeout: LONG }, async () => {
    const expected = oracle('misc').tier_cuts_wholesale_Fresh
    const shop = await openShop(server, 'wholesale')
    await take(shop, `${shared}data/wholesale-customers/wholesale_customers.csv`, 'wholesale-customers')
    const ways: Record<string, { at: object; tiers: number; edges: number[] | null; sizes: number[] }> = {
      width: {
        at: { method: 'width', n: 5 },
        tiers: 5,
        edges: expected.equal_width.inner_edges,
        sizes: expected.equal_width.n,
      },
      quantile: {
        at: { method: 'quantile', n: 5 },
        tiers: 5,
        edges: expected.quantile_type7.inner_edges,
        sizes: expected.quantile_type7.n,
      },
      sd: {
        at: { method: 'sd' },
        tiers: 5,
        edges: expected['standard_deviation_mean-1sd,mean,+1sd,+2sd'].inner_edges,
        sizes: expected['standard_deviation_mean-1sd,mean,+1sd,+2sd'].n,
      },
    }
    for (const n of [3, 4, 5]) {
      const sizes = expected[`jenks_${n}`].classes.map((one: { n: number }) => one.n)
      ways[`breaks_${n}`] = { at: { method: 'breaks', n }, tiers: n, edges: null, sizes }
    }
    for (const [id, { at, tiers, edges, sizes }] of Object.entries(ways)) {
      const values = Array.from({ length: tiers }, (_, index) => `t${index + 1}`)
      const assign = { cut: { attr: 'fresh' }, at, values, edge: 'up' }
      const document = { version: 1, kind: 'tag', id, name: id, subject: 'organisation', ordered: true, assign }
      const preview = await shop.client.call(catalogue.previewDefinition, { body: { document } })
      const sizeOf = (code: string) => preview.values.find((value) => value.code === code)?.people ?? 0
      expect({ id, sizes: values.map(sizeOf) }).toEqual({ id, sizes })
      if (edges === null) continue
      const cuts = preview.fits[0]!.cuts.join(', ').split(', ').map(Number)
      for (const [index, edge] of edges.entries()) expect(cuts[index]).toBeCloseTo(edge, 6)
    }
    await shop.save({
      ...{ kind: 'tag', id: 'fresh', name: 'fresh', subject: 'organisation', ordered: true },
      assign: { cut: { attr: 'fresh' }, at: ways.width!.at, values: ['t1', 't2', 't3', 't4', 't5'], edge: 'up' },
    })
    await shop.settle()
    const published = await shop.client.call(tag.showTag, { params: { id: 'fresh' } })
    expect(published.values.map(({ people }) => people)).toEqual(ways.width!.sizes)
  })

  it('the orders, quintiles and ABC classes of an online shop', { timeout: LONG }, async () => {
    const expected = oracle('online_retail_rfm')
    const shop = await openShop(server, 'retail')
    // An order is a subject of its own here, so that figures over orders are figures over a population.
    const { mapping } = await shop.client.call(imports.showMapping, { params: { id: 'online-retail' } })
    const document = structuredClone(mapping) as unknown as {
      subjects: Record<string, object>
      reject: object[]
      outputs: { about?: string[] }[]
      declare: Record<string, object>
    }
    document.subjects.invoice = { kind: 'invoice', identities: { invoice_no: 'InvoiceNo' } }
    document.outputs[0]!.about = ['customer', 'invoice']
    document.reject.unshift({ when: { prop: 'CustomerID', known: false }, reason: 'nobody is named' })
    document.declare.subjects = { invoice: { label: 'invoice' } }
    document.declare.identityKinds = { invoice_no: { subject: 'invoice', strong: true, limit: 1, label: 'invoice' } }
    await take(shop, `${shared}data/online-retail/online_retail.csv.gz`, document as never)

    const amount = { did: 'order.paid', get: { sum: 'amount' } }
    const paid = { did: 'order.paid', gte: 1 }
    const [orders] = await figures(shop, {
      subject: 'invoice',
      where: paid,
      values: ['sum', 'avg', 'median'].map((get) => ({ value: amount, get })),
    })
    const { n, aov, median, total_revenue, repeat_customer_share } = expected.orders
    expect(orders!.people).toBe(n)
    expect(orders!.values[0]).toBeCloseTo(total_revenue, 3)
    expect(orders!.values[1]).toBeCloseTo(aov, 6)
    expect(orders!.values[2]).toBeCloseTo(median, 6)
    const customers = await figures(shop, { where: paid, values: [{ value: amount, get: 'sum' }] })
    const repeating = await figures(shop, { where: { ...paid, gte: 2 }, values: [{ value: amount, get: 'sum' }] })
    expect(customers[0]!.people).toBe(expected.n_customers)
    expect(repeating[0]!.people / customers[0]!.people).toBeCloseTo(repeat_customer_share, 9)

    const asOf = new Date(Date.parse(`${expected.snapshot}T00:00:00+08:00`)).toISOString()
    const values = {
      R: { since: { did: 'order.paid', get: 'lastAt' } },
      F: { did: 'order.paid', get: { distinct: 'order_id' } },
      M: amount,
    }
    for (const [id, value] of Object.entries(values)) {
      const assign = { cut: value, at: { method: 'quantile', n: 5 }, values: ['1', '2', '3', '4', '5'] }
      const preview = await previewTag(shop, { id, only: paid, assign }, asOf)
      expect(preview.fits[0]!.cuts[0]!.split(', ').map(Number)).toEqual(expected.scores_quantile_edges.edges[id])
      const score = (tier: string) => (id === 'R' ? String(6 - Number(tier)) : tier)
      const sizes = Object.fromEntries(preview.values.map(({ code, people }) => [score(code), people]))
      expect(sizes).toEqual(expected.scores_quantile_edges.counts[id])
    }
    const share = { cut: amount, at: { method: 'share', probs: [0.8, 0.95] }, values: ['C', 'B', 'A'] }
    const abc = await previewTag(shop, { id: 'abc', only: paid, assign: share }, asOf)
    expect(Object.fromEntries(abc.values.map(({ code, people }) => [code, people]))).toEqual(
      expected.pareto.abc_counts_80_95,
    )
  })

  it('the funnels of 24,026 sessions', { timeout: LONG }, async () => {
    const expected = oracle('funnel_eshop')
    const shop = await openShop(server, 'eshop')
    await take(shop, `${shared}data/eshop-clothing-2008/eshop_clothing_2008.csv.gz`, 'eshop-clothing-2008')
    const clicks = { did: 'product.viewed' }
    const [all] = await figures(shop, {
      subject: 'session',
      values: ['sum', 'avg', 'median', 'max'].map((get) => ({ value: clicks, get })),
    })
    const { mean, median, max } = expected.session_length
    expect(all!.people).toBe(expected.sessions)
    expect(all!.values).toEqual([expected.clicks, expect.closeTo(mean, 8), median, max])
    for (const { steps, counts } of expected.funnels_ordered as { steps: number[]; counts: number[] }[]) {
      const found = []
      for (let length = 1; length <= steps.length; length++) {
        const sequence = steps.slice(0, length).map((step) => ({
          did: 'product.viewed',
          where: { prop: 'category', is: String(step) },
        }))
        const [reached] = await figures(shop, {
          subject: 'session',
          where: length === 1 ? { ...sequence[0]!, gte: 1 } : { sequence },
          values: [{ value: clicks, get: 'count' }],
        })
        found.push(reached!.people)
      }
      expect({ steps, counts: found }).toEqual({ steps, counts })
    }
  })
})

interface Group {
  readonly key: string | null
  readonly people: number
  readonly values: readonly (number | null)[]
}

async function figures(shop: Shop, body: object): Promise<(Group & { values: number[] })[]> {
  const { groups } = await shop.client.call(audience.measurePopulation, { body: { limit: 1000, ...body } as never })
  return groups.map(({ key, people, values }) => ({ key, people, values: values.map(Number) }))
}

const previewTag = (shop: Shop, tag: { id: string; [key: string]: unknown }, asOf: string) =>
  shop.client.call(catalogue.previewDefinition, {
    body: { document: { version: 1, kind: 'tag', name: tag.id, ordered: true, ...tag }, asOf },
  })

/** Imports a file whole; rows that are rejected are those the mapping leaves out. */
async function take(shop: Shop, path: string, mapping: string): Promise<void> {
  const bytes = readFileSync(path)
  const file = await shop.client.call(imports.uploadFile, {
    query: { name: basename(path) },
    bodyStream: { contentType: 'application/octet-stream', body: bytes as never, contentLength: bytes.length },
  })
  const { id } = await shop.client.call(imports.startImport, { body: { fileId: file.id, mapping } })
  const report = await until(
    () => shop.client.call(imports.showImport, { params: { id: String(id) } }),
    ({ state }) => state !== 'running',
  )
  expect(report.state).toBe('done')
}
