import * as catalogue from '@tagtree/core/contract/catalogue'
import * as contract from '@tagtree/core/contract/history'
import { countAudience } from '@tagtree/core/contract/segment'
import { findSubjects } from '@tagtree/core/contract/subject'
import { listSubjectTags } from '@tagtree/core/contract/subject-tags'
import * as tag from '@tagtree/core/contract/tag'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

const day = 86_400_000
const people = 6
let server: TestServer
let shop: Shop
const rate = {
  kind: 'tag',
  id: 'rate',
  name: '频次',
  assign: {
    rules: [
      { value: '常客', when: { did: 'order.paid', gte: 3 } },
      { value: '新客', when: { did: 'order.paid', gte: 1 } },
    ],
  },
} as const

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'yunlan')
  // Customer i pays every ten days, the first time i times ten days ago.
  const events = Array.from({ length: people }, (_, i) =>
    Array.from({ length: i + 1 }, (_, k) => ({
      id: `order ${i}-${k}`,
      event: 'order.paid',
      time: Date.now() - k * 10 * day - day,
      identities: { user_id: `u${i}` },
      properties: { amount: 10 },
    })),
  ).flat()
  await shop.collect({ events })
  await shop.save(rate)
  await shop.settle()
})
afterAll(() => server?.stop())

const ago = (days: number): string => new Date(Date.now() - days * day).toISOString()
const params = { id: 'rate' }

/** People with orders older than some days, by how many they have. */
function recount(days: number): Record<string, number> {
  const counts = Array.from({ length: people }, (_, i) => Array.from({ length: i + 1 }, (_, k) => k * 10 + 1)).map(
    (ages) => ages.filter((age) => age > days).length,
  )
  const found: Record<string, number> = {}
  for (const count of counts) {
    const value = count >= 3 ? '常客' : count >= 1 ? '新客' : null
    if (value !== null) found[value] = (found[value] ?? 0) + 1
  }
  return found
}
const asObject = (values: readonly { code: string; people: number }[]): Record<string, number> =>
  Object.fromEntries(values.map(({ code, people }) => [code, people]))

it('the history before the first run is computed by a job, and read as a trend', async () => {
  expect(await refusal(shop.client.call(contract.showTagAt, { params, query: { asOf: ago(5) } }))).toMatchObject({
    code: 'NOT_PUBLISHED',
  })
  const job = await shop.client.call(contract.backfillTag, { params, body: { by: 'day', count: 34 } })
  expect(await shop.ended(job.id)).toMatchObject({ state: 'done', result: { done: 34, moments: 34 } })
  const { points } = await shop.client.call(contract.showTrend, { params, query: { from: ago(30), by: 'day' } })
  const known = points.map(({ published }) => published!.known)
  expect(known).toEqual([...known].sort((a, b) => a - b))
  const { published } = points[2]!
  const age = (Date.now() - Date.parse(published!.asOf)) / day
  expect(asObject(published!.values)).toEqual(recount(age))
  expect(await shop.client.call(contract.showHistoryRange, { params })).toMatchObject({ id: 'rate', moments: 35 })
})

it('tells who moved, lists them, and what one customer had', async () => {
  const query = { from: ago(25) }
  const migration = await shop.client.call(contract.showMigration, { params, query })
  const [then, now] = [migration.from!, migration.to!]
  const total = migration.cells.filter(({ to }) => to !== null).reduce((sum, { people }) => sum + people, 0)
  expect(total).toBe(people)
  expect(Date.parse(then.asOf)).toBeLessThan(Date.parse(now.asOf))
  for (const { from, to, people } of migration.cells) {
    const { items } = await shop.client.call(contract.listMigrationMembers, {
      params,
      query: { ...query, ...(from === null ? {} : { fromValue: from }), ...(to === null ? {} : { toValue: to }) },
    })
    expect(items).toHaveLength(people)
    expect(items.every(({ identities }) => identities.length > 0)).toBe(true)
  }
  const members = await shop.client.call(contract.listTagMembersAt, { params, query: { asOf: ago(15), value: '常客' } })
  const counts = await shop.client.call(contract.showTagAt, { params, query: { asOf: ago(15) } })
  expect(members.items).toHaveLength(asObject(counts.values).常客 ?? 0)

  const { items } = await shop.client.call(findSubjects, { body: { value: 'u5' } })
  const { profileId } = items[0]!
  const history = await shop.client.call(contract.showSubjectTagHistory, {
    params: { id: profileId, tag: 'rate' },
    query: {},
  })
  expect(history.items.map(({ values }) => values)).toEqual([['新客'], ['常客']].slice(2 - history.items.length))
  const had = await shop.client.call(listSubjectTags, { params: { id: profileId }, query: { asOf: ago(2) } })
  expect(had.items).toMatchObject([{ id: 'rate', values: [{ code: '常客' }] }])
})

it('counts what was known at a moment', async () => {
  const document = { version: 1, kind: 'segment', id: 's', name: 's', where: { did: 'order.paid', gte: 1 } }
  const count = (knownAt?: string) =>
    shop.client.call(countAudience, { body: { document, ...(knownAt === undefined ? {} : { knownAt }) } })
  expect(await count()).toMatchObject({ people })
  expect(await count(ago(1))).toMatchObject({ people: 0, population: 0 })
  const preview = { document: { version: 1, ...rate }, knownAt: ago(1) }
  expect(await shop.client.call(catalogue.previewDefinition, { body: preview })).toMatchObject({ population: 0 })
})

it('says before anything runs what a run will cost', async () => {
  const checked = await shop.client.call(catalogue.checkDefinition, { body: { document: { version: 1, ...rate } } })
  expect(checked.estimate).toMatchObject({ isMeasured: true })
  expect(checked.estimate!.rows).toBeGreaterThan(0)
  expect(checked.estimate!.bytes).toBeGreaterThan(0)
  expect(checked.estimate!.ms).toBeGreaterThan(0)
  expect(checked.histories).toEqual([])
})

it('a person corrects a value: it wins, wherever the tag is used, until it is taken back', async () => {
  await shop.save({ ...rate, id: 'checked', corrections: { keep: '30d' } })
  const where = { tag: 'checked', is: '常客' }
  await shop.save({ kind: 'segment', id: 'regulars', name: '常客人群', where })
  await shop.settle()
  const counts = async () => {
    await shop.settle()
    const { values } = await shop.client.call(tag.showTag, { params: { id: 'checked' } })
    const { people } = await shop.client.call(countAudience, { body: { id: 'regulars' } })
    return { ...asObject(values), people }
  }
  const accuracy = () => shop.client.call(contract.showAccuracy, { params: { id: 'checked' } })
  const say = (user: string, said: { value?: string | null }) =>
    shop.client.call(contract.correctValues, {
      params: { id: 'checked' },
      body: { corrections: [{ identities: [{ kind: 'user_id', value: user }], ...said }] },
    })
  expect(await counts()).toEqual({ 常客: 4, 新客: 2, people: 4 })
  expect(await accuracy()).toEqual({ corrected: 0, judged: 6, accuracy: 1 })
  await say('u5', { value: '新客' })
  await say('u0', { value: null })
  expect(await counts()).toEqual({ 常客: 3, 新客: 2, people: 3 })
  expect(await accuracy()).toEqual({ corrected: 2, judged: 6, accuracy: 4 / 6 })
  await say('u5', {})
  expect(await counts()).toEqual({ 常客: 4, 新客: 1, people: 4 })
  expect(await refusal(say('u1', { value: '贵客' }))).toMatchObject({ code: 'VALUE_NOT_OF_TAG' })
  const other = shop.client.call(contract.showAccuracy, { params })
  expect(await refusal(other)).toMatchObject({ code: 'TAG_NOT_CORRECTED' })
})

it('refuses ranges that make no sense', async () => {
  const refused = await refusal(
    shop.client.call(contract.showTrend, { params, query: { from: ago(1), to: ago(2), by: 'day' } }),
  )
  expect(refused).toMatchObject({ code: 'REQUEST_INVALID', status: 400 })
  const long = await refusal(
    shop.client.call(contract.showTrend, { params, query: { from: '1990-01-01T00:00:00Z', by: 'day' } }),
  )
  expect(long).toMatchObject({ code: 'REQUEST_INVALID' })
  expect(await refusal(shop.client.call(contract.backfillTag, { params: { id: 'nothing' }, body: {} }))).toMatchObject({
    code: 'NOT_FOUND',
  })
})
