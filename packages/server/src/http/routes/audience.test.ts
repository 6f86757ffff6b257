import * as contract from '@tagtree/core/contract/audience'
import * as segment from '@tagtree/core/contract/segment'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

const day = 86_400_000
let server: TestServer
let shop: Shop

/** 24 customers: person i paid i orders of 10 and lives in one of three cities, every fourth in none that is known. */
const cities = ['北京', '上海', '广州', null] as const
const people = Array.from({ length: 24 }, (_, i) => i + 1)
const cityOf = (i: number) => cities[i % 4]!

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'audiences')
  await shop.collect({
    identities: people.map((i) => ({ id: `p${i}`, identities: { user_id: `u${i}` } })),
    attributes: people.flatMap((i) => {
      const city = cityOf(i)
      const set = { ...(city === null ? {} : { city }), hobbies: i % 2 === 0 ? ['茶', '酒'] : ['茶'] }
      return { id: `a${i}`, time: Date.now() - 90 * day, identities: { user_id: `u${i}` }, set }
    }),
    events: people.flatMap((i) =>
      Array.from({ length: i }, (_, n) => ({
        id: `o${i}-${n}`,
        event: 'order.paid',
        time: Date.now() - (n + 1) * day,
        identities: { user_id: `u${i}` },
        properties: { amount: 10, channel: n % 2 === 0 ? 'web' : 'store', items: [{ sku: `s${n % 3}`, qty: n + 1 }] },
      })),
    ),
  })
  await shop.save({ kind: 'tag', id: 'city', name: 'city', assign: { value: { attr: 'city' } } })
  const orders = { did: 'order.paid' }
  await shop.save({ kind: 'segment', id: 'ten', name: 'ten', where: { ...orders, gte: 10 } })
  await shop.save({ kind: 'segment', id: 'even', name: 'even', where: { attr: 'hobbies', hasAny: ['酒'] } })
  await shop.save({ kind: 'segment', id: 'north', name: 'north', where: { attr: 'city', is: '北京' } })
  await shop.save({
    kind: 'segment',
    id: 'best',
    name: 'best',
    where: { ...orders, gte: 3 },
    take: { top: 5, by: orders },
  })
  await shop.save({
    kind: 'segment',
    id: 'best_per_city',
    name: 'best',
    where: { ...orders, gte: 3 },
    take: { top: 2, by: orders, order: 'asc', per: [{ attr: 'city' }] },
  })
  await shop.save({
    kind: 'segment',
    id: 'drawn',
    name: 'drawn',
    where: { ...orders, gte: 3 },
    take: { random: 4, seed: 'x' },
  })
  await shop.settle()
})
afterAll(() => server?.remove())

async function members(id: string, kind: 'segments' | 'lists' = 'segments'): Promise<string[]> {
  const { items } = await shop.client.call(segment.listAudienceMembers, { params: { kind, id }, query: { limit: 100 } })
  return items.map(({ identities }) => identities[0]!.value)
}
const users = (numbers: readonly number[]) => numbers.map((i) => `u${i}`)
const segments = (...ids: string[]) => ids.map((id) => ({ kind: 'segments' as const, id }))
const measure = (body: object) => shop.client.call(contract.measurePopulation, { body: body as never })
const spent = { did: 'order.paid', get: { sum: 'amount' } }

describe('overlap', () => {
  it('tells every exclusive combination exactly, and pair by pair', async () => {
    const overlap = await shop.client.call(contract.overlapAudiences, {
      body: { audiences: [...segments('ten', 'even', 'north'), { kind: 'tags', id: 'city', value: '上海' }] },
    })
    const inside = [
      (i: number) => i >= 10,
      (i: number) => i % 2 === 0,
      (i: number) => cityOf(i) === '北京',
      (i: number) => cityOf(i) === '上海',
    ]
    const expected = new Map<string, number>()
    for (const i of people) {
      const places = inside.flatMap((isIn, at) => (isIn(i) ? [at] : []))
      if (places.length > 0) expected.set(String(places), (expected.get(String(places)) ?? 0) + 1)
    }
    expect(new Map(overlap.combinations.map((one) => [String(one.in), one.people]))).toEqual(expected)
    expect(overlap.population).toBe(24)
    // Somebody without a city is neither in the north nor outside of it.
    expect(overlap.audiences.map((one) => [one.people, one.undecided])).toEqual([
      [15, 0],
      [12, 0],
      [6, 6],
      [6, 0],
    ])
    expect(overlap.pairs[0]).toMatchObject({ left: 0, right: 1, both: 8, onlyLeft: 7, onlyRight: 4, jaccard: 8 / 19 })
    expect(overlap.pairs).toHaveLength(6)
  })

  it('is of published audiences of one kind', async () => {
    const call = (audiences: object[]) =>
      refusal(shop.client.call(contract.overlapAudiences, { body: { audiences: audiences as never } }))
    expect(await call(segments('ten', 'nobody'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await call(segments('ten'))).toMatchObject({ code: 'REQUEST_INVALID' })
  })

  it('can be saved as segments that follow their parts', async () => {
    const combine = (id: string, how: 'union' | 'intersection' | 'difference') =>
      shop.client.call(contract.combineAudiences, {
        body: {
          id,
          name: id,
          how,
          audiences: [...segments('ten', 'even'), { kind: 'tags', id: 'city', value: '上海' }],
        },
      })
    for (const how of ['union', 'intersection', 'difference'] as const) await combine(`c_${how}`, how)
    await shop.settle()
    const shanghai = (i: number) => cityOf(i) === '上海'
    expect(await members('c_union')).toEqual(users(people.filter((i) => i >= 10 || i % 2 === 0 || shanghai(i))))
    expect(await members('c_intersection')).toEqual(users(people.filter((i) => i >= 10 && i % 2 === 0 && shanghai(i))))
    const known = (i: number) => cityOf(i) !== null
    expect(await members('c_difference')).toEqual(
      users(people.filter((i) => i >= 10 && i % 2 === 1 && !shanghai(i) && known(i))),
    )
    expect(await refusal(combine('c_union', 'union'))).toMatchObject({ code: 'NAME_TAKEN' })
  })
})

describe('take', () => {
  it('holds the first so many by a value, by group, or drawn', async () => {
    expect(await members('best')).toEqual(users([20, 21, 22, 23, 24]))
    // The two with fewest orders of each city; who has no city is in no group.
    const perCity = ['北京', '上海', '广州'].flatMap((city) =>
      people.filter((i) => i >= 3 && cityOf(i) === city).slice(0, 2),
    )
    expect((await members('best_per_city')).sort()).toEqual(users(perCity).sort())
    expect(await members('drawn')).toHaveLength(4)
  })

  it('counts what it holds, also drafted and as of another moment', async () => {
    const document = {
      ...{ version: 1, kind: 'segment', id: 'd', name: 'd', where: { did: 'order.paid', gte: 3 } },
      take: { random: 4, seed: 'x' },
    }
    const { people: drafted, population } = await shop.client.call(segment.countAudience, { body: { document } })
    expect([drafted, population]).toEqual([4, 24])
    const some = await shop.client.call(contract.showSomePeople, { body: { document, n: 100 } })
    expect(some.items.map(({ identities }) => identities[0]!.value)).toEqual(await members('drawn'))
    const asOf = new Date(Date.now() - 10.5 * day).toISOString()
    const before = { ...document, take: { top: 3, by: { did: 'order.paid' } } }
    expect((await shop.client.call(segment.countAudience, { body: { document: before, asOf } })).people).toBe(3)
  })

  it('needs something that has an order', async () => {
    const document = {
      ...{ version: 1, kind: 'segment', id: 'd', name: 'd', where: { did: 'order.paid', gte: 3 } },
      take: { top: 3, by: { attr: 'city' } },
    }
    const refused = await refusal(shop.client.call(segment.countAudience, { body: { document } }))
    expect(refused).toMatchObject({ code: 'DEFINITION_INVALID', issues: [{ pointer: '/take/by' }] })
  })
})

describe('a sample', () => {
  const draw = (body: object) =>
    shop.client.call(contract.sampleAudience, {
      body: { audience: { kind: 'segments', id: 'ten' }, seed: 's', ...body } as never,
    })

  it('is the same for the same seed, and grows with its size', async () => {
    const five = await draw({ size: { n: 5 } })
    const nine = await draw({ size: { n: 9 } })
    expect(five).toMatchObject({ people: 15, drawn: 5, strata: [] })
    expect(nine.profileIds).toEqual(expect.arrayContaining(five.profileIds))
    expect((await draw({ size: { n: 5 } })).profileIds).toEqual(five.profileIds)
    expect((await draw({ size: { n: 5 }, seed: 't' })).profileIds).not.toEqual(five.profileIds)
    expect(await draw({ size: { share: 0.4 } })).toMatchObject({ drawn: 6 })
    expect(await draw({ size: { n: 99 } })).toMatchObject({ drawn: 15 })
  })

  it('by strata draws from each, and can be kept as a list', async () => {
    const sample = await draw({ size: { n: 2 }, per: { tag: 'city' }, saveAs: { id: 'panel', name: 'panel' } })
    expect(sample.strata.map(({ value, drawn }) => [value, drawn]).sort()).toEqual([
      ['上海', 2],
      ['北京', 2],
      ['广州', 2],
    ])
    expect(await members('panel', 'lists')).toHaveLength(6)
    const half = await draw({ size: { share: 0.5 }, per: { attr: 'city' } })
    for (const { people: all, drawn } of half.strata) expect(drawn).toBe(Math.round(all / 2))
    expect(await refusal(draw({ size: { n: 2 }, per: { attr: 'hobbies' } }))).toMatchObject({
      code: 'DEFINITION_INVALID',
    })
    expect(await refusal(draw({ size: { n: 2 }, per: { attr: 'cty' } }))).toMatchObject({
      code: 'DEFINITION_INVALID',
      issues: [{ didYouMean: 'city' }],
    })
  })
})

describe('a live count', () => {
  const document = { version: 1, kind: 'segment', id: 'd', name: 'd', where: { did: 'order.paid', gte: 10 } }
  async function lines(body: object): Promise<Record<string, unknown>[]> {
    const answer = await shop.client.stream(contract.countLive, { body: body as never })
    let text = ''
    for await (const part of answer.body) text += Buffer.from(part).toString('utf8')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  it('ends with the exact count; so few people need no estimate', async () => {
    expect(await lines({ document })).toMatchObject([{ kind: 'exact', people: 15, population: 24 }])
  })

  it('gives way to the next one of the same editor', async () => {
    const all = await Promise.all([1, 2, 3].map(() => lines({ document, editor: 'tab 1' })))
    const ends = all.map((one) => one.at(-1)!.kind)
    expect(ends).toContain('exact')
    for (const end of ends) expect(['exact', 'superseded']).toContain(end)
  })
})

describe('a measure', () => {
  it('counts, sums and averages values over everybody, an audience or a condition', async () => {
    const values = ['count', 'sum', 'avg', 'min', 'max', 'median', { quantile: 0.9 }, 'distinct'].map((get) => ({
      value: spent,
      get,
    }))
    const all = await measure({ values })
    expect(all.groups).toEqual([
      { key: null, people: 24, values: ['24', '3000', '125', '10', '240', '125', '217', '24'] },
    ])
    const ten = await measure({ values: values.slice(0, 3), audience: { kind: 'segments', id: 'ten' } })
    expect(ten.groups[0]).toMatchObject({ people: 15, values: ['15', '2550', '170'] })
    const both = await measure({
      values: values.slice(0, 2),
      audience: { kind: 'segments', id: 'ten' },
      where: { attr: 'city', is: '北京' },
    })
    const north = people.filter((i) => i >= 10 && cityOf(i) === '北京')
    expect(both.groups[0]!.values).toEqual([String(north.length), String(10 * north.reduce((sum, i) => sum + i, 0))])
  })

  it('is divided by an attribute, a tag or each value of a list, and by shares', async () => {
    const values = [
      { value: spent, get: 'sum' },
      { value: spent, get: 'share' },
    ]
    const byCity = await measure({ values, by: { value: { tag: 'city' } } })
    expect(byCity.groups.map(({ key, people: n }) => [key, n])).toEqual(
      expect.arrayContaining([...['北京', '上海', '广州'].map((city) => [city, 6]), [null, 6]]),
    )
    const shares = byCity.groups.map((group) => Number(group.values[1]))
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
    const byHobby = await measure({ values: [{ value: spent, get: 'count' }], by: { value: { attr: 'hobbies' } } })
    expect(byHobby.groups).toEqual([
      { key: '茶', people: 24, values: ['24'] },
      { key: '酒', people: 12, values: ['12'] },
    ])
  })

  it('is divided by a property of events and of their lines', async () => {
    const byChannel = await measure({
      values: [
        { value: spent, get: 'sum' },
        { value: { did: 'order.paid' }, get: 'max' },
      ],
      by: { event: { prop: 'channel', did: 'order.paid' } },
    })
    expect(byChannel.groups).toEqual([
      { key: 'web', people: 24, values: ['1560', '12'] },
      { key: 'store', people: 23, values: ['1440', '12'] },
    ])
    const bySku = await measure({
      values: [{ value: { did: 'order.paid', each: 'items', get: { sum: 'items.qty' } }, get: 'sum' }],
      by: { event: { prop: 'items.sku', did: 'order.paid', each: 'items' } },
      limit: 2,
    })
    const qty = (rest: number) =>
      people.reduce(
        (sum, i) => sum + Array.from({ length: i }, (_, n) => (n % 3 === rest ? n + 1 : 0)).reduce((a, b) => a + b, 0),
        0,
      )
    expect(bySku).toMatchObject({
      isCut: true,
      groups: [
        { key: 's0', people: 24, values: [String(qty(0))] },
        { key: 's1', people: 23, values: [String(qty(1))] },
      ],
    })
  })

  it('as of another moment sees what had happened then', async () => {
    const asOf = new Date(Date.now() - 10.5 * day).toISOString()
    const { groups } = await measure({ values: [{ value: spent, get: 'sum' }], asOf })
    expect(groups[0]!.values).toEqual([String(10 * people.reduce((sum, i) => sum + Math.max(0, i - 10), 0))])
  })

  it('refuses what it cannot compute, with the place', async () => {
    const bad = (body: object) => refusal(measure(body))
    expect(await bad({ values: [{ value: { attr: 'cty' }, get: 'count' }] })).toMatchObject({
      code: 'DEFINITION_INVALID',
      issues: [{ pointer: '/values/0/value/attr', didYouMean: 'city' }],
    })
    expect(await bad({ values: [{ value: { attr: 'city' }, get: 'sum' }] })).toMatchObject({
      code: 'DEFINITION_INVALID',
      issues: [{ pointer: '/values/0/get' }],
    })
    const byEvent = { event: { prop: 'channel', did: 'order.paid' } }
    expect(await bad({ values: [{ value: { attr: 'city' }, get: 'count' }], by: byEvent })).toMatchObject({
      issues: [{ pointer: '/values/0/value' }],
    })
  })
})
