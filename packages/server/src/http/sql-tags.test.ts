import { checkDefinition, previewDefinition, saveDefinition, showDefinition } from '@tagtree/core/contract/catalogue'
import { countAudience } from '@tagtree/core/contract/segment'
import { showTag } from '@tagtree/core/contract/tag'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.js'
import { openShop, refusal, type Shop } from './testing/shop.js'

let server: TestServer
let shop: Shop
let other: Shop

const order = (id: string, amount: number, at: string) => ({
  event: 'order.paid',
  id: `${id}-${at}`,
  time: at,
  identities: { user_id: id },
  properties: { amount },
})
const sqlTag = (sql: string, more: object = {}) => ({
  version: 1,
  kind: 'tag',
  id: 'by_sql',
  name: '自定义',
  ...more,
  assign: { given: { sql } },
})
const spent = "SELECT profile_id, if(sum(amount) >= 300, '多', '少') AS value FROM order_paid GROUP BY profile_id"

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'yunlan')
  other = await openShop(server, 'second')
  await shop.collect({
    events: [
      order('a', 100, '2026-01-01T00:00:00Z'),
      order('b', 200, '2026-01-02T00:00:00Z'),
      order('b', 200, '2026-01-03T00:00:00Z'),
      order('c', 50, '2026-01-04T00:00:00Z'),
    ],
  })
  await other.collect({ events: [order('z', 9_999, '2026-01-01T00:00:00Z')] })
})
afterAll(() => server?.remove())

describe('a statement that must not run', () => {
  const hostile = sqlTag("SELECT profile_id, arrayMap(file, ['/etc/passwd'])[1] AS value FROM order_paid")

  it('is refused when it is checked, previewed and saved, at its place', async () => {
    for (const call of [
      () => shop.client.call(checkDefinition, { body: { document: hostile } }),
      () => shop.client.call(previewDefinition, { body: { document: hostile } }),
      () => shop.client.call(saveDefinition, { params: { id: 'by_sql' }, body: { document: hostile } }),
    ]) {
      const error = await refusal(call())
      expect(error).toMatchObject({ code: 'DEFINITION_INVALID' })
      expect(JSON.stringify(error)).toContain('/assign/given/sql')
      expect(JSON.stringify(error)).toContain('file')
      expect(JSON.stringify(error)).not.toContain('root:')
    }
    expect(await refusal(shop.client.call(showDefinition, { params: { id: 'by_sql' } }))).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('realtime is refused', async () => {
    const error = await refusal(
      shop.client.call(checkDefinition, { body: { document: sqlTag(spent, { refresh: 'realtime' }) } }),
    )
    expect(JSON.stringify(error)).toMatch(/realtime/)
  })
})

describe('a SQL tag', () => {
  it('is previewed with its counts and first customers', async () => {
    const preview = await shop.client.call(previewDefinition, { body: { document: sqlTag(spent) } })
    expect(preview).toMatchObject({
      population: 3,
      blank: 0,
      values: [
        { code: '少', people: 2 },
        { code: '多', people: 1 },
      ],
      given: { rows: 3, strangers: 0, unlisted: 0 },
    })
    expect(preview.given!.first.map((row) => row.value)).toEqual(['少', '多', '少'])
    const before = await shop.client.call(previewDefinition, {
      body: { document: sqlTag(spent), asOf: '2026-01-03T00:00:00Z' },
    })
    expect(before.values).toEqual([{ code: '少', people: 2 }])
  })

  it('is saved, run and used by others', async () => {
    await shop.save(sqlTag(spent))
    await shop.settle()
    const shown = await shop.client.call(showTag, { params: { id: 'by_sql' } })
    expect(JSON.stringify(shown)).toContain('多')
    for (const where of [
      { tag: 'by_sql', is: '多' },
      {
        all: [
          { tag: 'by_sql', is: '多' },
          { did: 'order.paid', gte: 1 },
        ],
      },
    ]) {
      const document = { version: 1, kind: 'segment', id: 'drafted', name: 'drafted', where }
      expect(await shop.client.call(countAudience, { body: { document } })).toMatchObject({ people: 1, unknown: 0 })
    }
  })

  it('names customers as they are after a merge', async () => {
    // a and c are one: the phone says so.
    await shop.collect({
      events: [order('a', 200, '2026-01-05T00:00:00Z')],
      identities: [
        { identities: { phone: '13912345678', user_id: 'a' } },
        { identities: { phone: '13912345678', user_id: 'c' } },
      ],
    })
    await shop.run()
    const preview = await shop.client.call(previewDefinition, { body: { document: sqlTag(spent) } })
    expect(preview.given!.rows).toBe(preview.population)
  })

  it('sees what is new in the catalogue at once, and nothing of another workspace', async () => {
    const ofPage = sqlTag('SELECT v.profile_id, any(v.url) AS value FROM page_view AS v GROUP BY v.profile_id')
    const error = await refusal(shop.client.call(checkDefinition, { body: { document: ofPage } }))
    expect(JSON.stringify(error)).toMatch(/no view/)
    await shop.collect({
      events: [
        {
          event: 'page.view',
          id: 'p1',
          time: '2026-01-05T00:00:00Z',
          identities: { user_id: 'b' },
          properties: { url: 'https://a.example/x' },
        },
      ],
    })
    const preview = await shop.client.call(previewDefinition, { body: { document: ofPage } })
    expect(preview.given!.first.map((row) => row.value)).toEqual(['https://a.example/x'])

    const foreign = await refusal(other.client.call(checkDefinition, { body: { document: ofPage } }))
    expect(JSON.stringify(foreign)).toMatch(/no view/)
    const own = await other.client.call(previewDefinition, {
      body: { document: sqlTag('SELECT profile_id, sum(amount) FROM order_paid GROUP BY profile_id') },
    })
    expect(own.given!.first.map((row) => row.value)).toEqual(['9999'])
  })
})
