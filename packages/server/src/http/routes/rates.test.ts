import { exportRefusedFacts, showImport, startImport, uploadFile } from '@tagtree/core/contract/import'
import { listRates, setRates } from '@tagtree/core/contract/rates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCatalogStore } from '../../store/catalog.js'
import { inWorkspace } from '../../store/postgres.js'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

let server: TestServer
let shop: Shop
beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'rates')
})
afterAll(() => server.remove())

const set = (...rates: { currency: string; day: string; rate: string | number | null }[]) =>
  shop.client.call(setRates, { body: { rates } })

/** The orders of the workspace by their id, as they are stored. */
async function orders(): Promise<Record<string, unknown>[]> {
  return server.clickhouse
    .workspace(`ws_${shop.workspaceId}`)
    .query(
      'SELECT p_id AS id, p_amount AS amount, p_amount__original AS original, p_amount__currency AS currency FROM events ORDER BY p_id',
    )
}
const order = (id: string, time: string, properties: object) => ({
  ...{ id, event: 'order.paid', time, identities: { user_id: 'ana' } },
  properties: { id, ...properties },
})

describe('exchange rates', () => {
  it('bring amounts to the base currency as they are stored, by the local day', async () => {
    await set({ currency: 'USD', day: '2026-01-01', rate: '7.05' }, { currency: 'USD', day: '2026-02-01', rate: 7 })
    await set({ currency: 'JPY', day: '2026-01-01', rate: '0.04512345' })
    expect(await shop.client.call(listRates)).toEqual({
      base: 'CNY',
      items: [
        { currency: 'JPY', day: '2026-01-01', rate: '0.04512345' },
        { currency: 'USD', day: '2026-01-01', rate: '7.05' },
        { currency: 'USD', day: '2026-02-01', rate: '7' },
      ],
    })
    await shop.collect({
      events: [
        order('1', '2026-01-31T15:59:59Z', { amount: 10, 'amount.currency': 'usd' }),
        order('2', '2026-01-31T16:00:00Z', { amount: '10.50', 'amount.currency': 'USD' }),
        order('3', '2026-01-15T00:00:00Z', { amount: 999.99, 'amount.currency': 'JPY' }),
        order('4', '2026-01-15T00:00:00Z', { amount: 5, 'amount.currency': 'CNY' }),
        order('5', '2026-01-15T00:00:00Z', { amount: 6 }),
        // Converted before it came.
        order('6', '2026-01-15T00:00:00Z', { amount: 70, 'amount.currency': 'USD', 'amount.original': 10 }),
      ],
    })
    expect(await orders()).toEqual([
      { id: '1', amount: '70.5', original: '10', currency: 'USD' },
      { id: '2', amount: '73.5', original: '10.5', currency: 'USD' },
      { id: '3', amount: '45.123', original: '999.99', currency: 'JPY' },
      { id: '4', amount: '5', original: '5', currency: 'CNY' },
      { id: '5', amount: '6', original: null, currency: null },
      { id: '6', amount: '70', original: '10', currency: 'USD' },
    ])
  })

  it('that are not known put the fact aside, until they are set', async () => {
    const early = order('7', '2025-12-31T00:00:00Z', { amount: 1, 'amount.currency': 'USD' })
    const lines = order('8', '2026-01-15T00:00:00Z', { amount: 1, items: [{ amount: 1, 'amount.currency': 'EUR' }] })
    await shop.collect({ events: [early, lines] })
    const { rows } = await inWorkspace(server.postgres.app, shop.workspaceId, (tx) =>
      tx.query<{ reason: string; pointer: string }>('select reason, pointer from quarantine order by id'),
    )
    expect(rows).toEqual([
      { reason: 'rate_unknown', pointer: '/properties/amount.currency' },
      { reason: 'rate_unknown', pointer: '/properties/items/0/amount.currency' },
    ])
    expect(await orders()).toHaveLength(6)
    await set({ currency: 'EUR', day: '2026-01-01', rate: '8' })
    // Nothing of it was remembered: the same fact may come again.
    await shop.collect({ events: [lines] })
    expect(await orders()).toHaveLength(7)
    await set({ currency: 'EUR', day: '2026-01-01', rate: null })
    expect((await shop.client.call(listRates)).items.map(({ currency }) => currency)).not.toContain('EUR')
  })

  it('serve files that name a currency column; what is put aside counts as rejected and may come again', async () => {
    const csv = [
      'order,at,who,paid,money',
      'A,2026-01-20,eve,10,USD',
      'A,2026-01-20,eve,2.5,USD',
      'B,2026-01-20,eve,3,THB',
    ]
    const content = Buffer.from(csv.join('\n'))
    const file = await shop.client.call(uploadFile, {
      query: { name: 'orders.csv' },
      bodyStream: { contentType: 'application/octet-stream', body: content, contentLength: content.length },
    })
    const amount = { currency: 'money', type: 'money', label: { zh: '金额', en: 'amount' } }
    const mapping = {
      ...{ version: 1, id: 'foreign', name: 'foreign orders' },
      columns: { order: 'text', at: 'date', who: 'text', paid: 'number', money: 'text' },
      subjects: { buyer: { identities: { user_id: 'who' } } },
      outputs: [
        {
          ...{ event: 'order.foreign', time: 'at', properties: { id: 'order' } },
          lines: {
            key: 'order',
            items: { amount: { value: 'paid', ...amount } },
            totals: { amount: { sum: 'paid', ...amount } },
          },
        },
      ],
    }
    const load = async () => {
      const started = await shop.client.call(startImport, { body: { fileId: file.id, mapping: mapping as never } })
      await shop.ended(started.jobId!)
      return { id: started.id, ...(await shop.client.call(showImport, { params: { id: started.id } })).result }
    }
    const first = await load()
    expect(first).toMatchObject({ created: 1, rejected: 1 })
    const refused = await shop.client.stream(exportRefusedFacts, { params: { id: first.id } })
    const lines = (await new Response(refused.body).text()).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'record', reason: 'rate_unknown', pointer: '/properties/amount.currency' },
    ])
    expect(lines[0]).toContain('THB')
    const { events } = await openCatalogStore({ app: server.postgres.app, clickhouse: server.clickhouse }).load(
      shop.workspaceId,
    )
    const { properties } = events.get('order.foreign')!
    expect(properties.get('amount')).toMatchObject({ type: 'money', labels: { zh: '金额' } })
    expect(properties.get('amount.original')).toMatchObject({ type: 'number', labels: { zh: '金额（原币）' } })
    expect(properties.get('items.amount.currency')).toMatchObject({ type: 'text', labels: { en: 'amount: currency' } })
    const foreign = () =>
      server.clickhouse
        .workspace(`ws_${shop.workspaceId}`)
        .query(`SELECT p_id, p_amount, i_amount FROM events WHERE event = 'order.foreign' ORDER BY p_id`)
    expect(await foreign()).toEqual([{ p_id: 'A', p_amount: '88.125', i_amount: ['70.5', '17.625'] }])
    await set({ currency: 'THB', day: '2026-01-01', rate: '0.2' })
    expect(await load()).toMatchObject({ created: 1, duplicate: 1, rejected: 0 })
    expect(await foreign()).toMatchObject([{ p_id: 'A' }, { p_id: 'B', p_amount: '0.6' }])
  })

  it('refuse currencies that are none, the base currency, and rates that are no rates', async () => {
    expect(await refusal(set({ currency: 'XYZ', day: '2026-01-01', rate: 1 }))).toMatchObject({
      code: 'CURRENCY_UNKNOWN',
    })
    expect(await refusal(set({ currency: 'CNY', day: '2026-01-01', rate: 1 }))).toMatchObject({
      code: 'CURRENCY_UNKNOWN',
    })
    for (const rate of [0, -1, '1e3', '0.000000001']) {
      expect(await refusal(set({ currency: 'USD', day: '2026-01-01', rate }))).toMatchObject({
        code: 'REQUEST_INVALID',
      })
    }
  })
})
