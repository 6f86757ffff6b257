import { explainSubject, tryDefinition } from '@tagtree/core/contract/explain'
import { findSubjects } from '@tagtree/core/contract/subject'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

const day = 86_400_000
let server: TestServer
let shop: Shop
let profile: number

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'yunlan')
  const now = Date.now()
  const order = (id: string, user: string, daysAgo: number, amount: number) => ({
    ...{ id, event: 'order.paid', time: now - daysAgo * day, identities: { user_id: user } },
    properties: { amount, items: [{ sku: 'A100', qty: 2 }] },
  })
  await shop.collect({
    events: [
      order('1', 'u1', 3, 300),
      order('2', 'u1', 50, 900),
      order('3', 'u2', 2, 5000),
      order('4', 'u3', 2, 100),
      // Bought before she signed in.
      { ...order('5', 'u1', 12, 80), identities: { anonymous_id: 'cookie' } },
      { id: '6', event: 'app.opened', time: now - day, identities: { anonymous_id: 'cookie', user_id: 'u1' } },
    ],
    attributes: [{ id: 'a', time: now - 60 * day, identities: { user_id: 'u1' }, set: { city: '北京' } }],
  })
  await shop.save({
    kind: 'metric',
    id: 'spend',
    name: '近30天消费',
    value: { did: 'order.paid', get: { sum: 'amount' }, within: { last: '30d' } },
  })
  await shop.save({
    kind: 'tag',
    id: 'tier',
    name: { zh: '等级', en: 'tier' },
    ordered: true,
    assign: { cut: { metric: 'spend' }, at: [500, 2000], values: ['silver', 'gold', 'platinum'] },
  })
  await shop.save({
    kind: 'tag',
    id: 'rank',
    name: '排名',
    ordered: true,
    assign: { cut: { metric: 'spend' }, at: { method: 'quantile', n: 3 }, values: ['low', 'mid', 'high'] },
  })
  await shop.settle()
  const { items } = await shop.client.call(findSubjects, { body: { value: 'u1', kind: 'user_id' } })
  profile = items[0]!.profileId
})
afterAll(() => server?.remove())

describe('GET /subjects/{id}/explain', () => {
  const why = (definition: string, more = {}) =>
    shop.client.call(explainSubject, { params: { id: profile }, query: { definition, ...more } })

  it('tells the path, what decided and what one more order does', async () => {
    const found = await why('tier')
    expect(found).toMatchObject({ value: 'silver', since: { kind: 'exact' }, usesFits: false, unfinished: [] })
    expect(found.path.parts[0]).toMatchObject({ kind: 'value', decided: true, value: '380', against: ['500', '2000'] })
    const [gold, platinum] = found.counterfacts
    expect(gold).toMatchObject({
      target: 'gold',
      steps: [
        {
          kind: 'event',
          event: 'order.paid',
          times: 1,
          properties: { amount: '120' },
          atLeast: { amount: '1619.9999' },
        },
      ],
    })
    expect(gold!.deadline).not.toBeNull()
    expect(platinum).toMatchObject({
      target: 'platinum',
      steps: [{ properties: { amount: '1620' }, atLeast: { amount: null } }],
    })
  })

  it('finds events written under an identity that joined her later', async () => {
    const found = await why('spend')
    expect(found.value).toBe('380')
    expect(found.deciding.events.map((one) => one.event)).toEqual(['order.paid', 'order.paid'])
  })

  it('is as of another moment, and takes the cuts of the last run', async () => {
    const then = await why('tier', { asOf: new Date(Date.now() - 25 * day).toISOString() })
    expect(then.value).toBe('gold')
    const rank = await why('rank')
    expect(rank).toMatchObject({ value: 'mid', usesFits: true })
    expect(rank.path.parts[0]!.against).toHaveLength(2)
  })

  it('explains a definition that is not saved, its lines and right sides too', async () => {
    const found = await shop.client.call(tryDefinition, {
      params: { id: profile },
      body: {
        document: {
          ...{ version: 1, kind: 'segment', id: 'buyers', name: '买过两件' },
          where: {
            all: [
              {
                did: 'order.paid',
                each: 'items',
                where: { prop: 'items.sku', is: 'A100' },
                get: { sum: 'items.qty' },
                gte: 8,
              },
              { attr: 'city', is: '北京' },
            ],
          },
        },
      },
    })
    expect(found.value).toBe(false)
    expect(found.path.parts[0]!.parts.map(({ truth, decided }) => [truth, decided])).toEqual([
      [false, true],
      [true, false],
    ])
    expect(found.counterfacts[0]!.steps).toMatchObject([{ items: [{ sku: 'A100', qty: '2' }] }])
  })

  it('refuses what is not there', async () => {
    expect(await refusal(why('nothing'))).toMatchObject({ code: 'NOT_FOUND' })
    const call = shop.client.call(tryDefinition, {
      params: { id: profile },
      body: { document: { version: 1, kind: 'segment', id: 'x', name: 'x', where: { did: 'order.payd', gte: 1 } } },
    })
    expect(await refusal(call)).toMatchObject({ code: 'DEFINITION_INVALID' })
  })
})
