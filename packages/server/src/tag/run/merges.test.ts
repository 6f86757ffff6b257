import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CollectingWorkspace, startCollecting } from '../../collect/testing/collecting-workspace.js'
import { attributes, event, identities, NOON, who } from '../../collect/testing/facts.js'
import { publishedAudience } from '../../segment/audience.js'
import { countSegment } from '../../segment/count.js'
import { snapshotSegment } from '../../segment/snapshot.js'
import { DAY, RunBench } from '../testing/run-testkit.js'

/** The import that joins two customers, and is taken back. */
const JOINING = 7
let shop: CollectingWorkspace
let bench: RunBench
let now = NOON + DAY

beforeAll(async () => {
  shop = await startCollecting()
  bench = new RunBench(shop)
  // ana shops in the store under her phone and online under her number: two customers until they are joined.
  await shop.take([
    event('order.paid', who('phone:13900000001'), { amount: 100 }),
    event('order.paid', who('user_id:ana'), { amount: 200 }),
    event('order.paid', who('user_id:bo'), { amount: 50 }),
    event('page.viewed', who('anonymous_id:cookie'), { page: '/' }),
    attributes(who('phone:13900000001'), { city: '北京' }),
    attributes(who('user_id:ana'), { city: '上海', hobby: ['茶'] }, { ts: NOON + 1000 }),
  ])
  await bench.save({ kind: 'tag', id: 'city', name: 'city', assign: { value: { attr: 'city' } } })
  await bench.save({ kind: 'tag', id: 'hobby', name: 'hobby', family: 'multi', assign: { value: { attr: 'hobby' } } })
  await bench.save({
    kind: 'tag',
    id: 'spent',
    name: 'spent',
    assign: { value: { did: 'order.paid', get: { sum: 'amount' } } },
  })
  await bench.save({ kind: 'segment', id: 'buyers', name: 'buyers', where: { did: 'order.paid', gte: 1 } })
  await bench.run({ now })
  await snapshotSegment(shop.postgres.app, await bench.segmentScope(), {
    workspaceId: shop.workspaceId,
    actorId: null,
    segmentId: 'buyers',
    list: { id: 'march', name: 'march' },
  })
})
afterAll(async () => {
  expect(shop.troubles).toEqual([])
  await shop.stop()
})

const profileOf = (identity: string) => {
  const colon = identity.indexOf(':')
  return shop.profileOf(identity.slice(0, colon), identity.slice(colon + 1))
}
const sorted = (profiles: readonly number[]) => [...profiles].sort((left, right) => left - right)

/** Every profile that anything published still names. */
async function namedProfiles(): Promise<number[]> {
  const { heads } = await bench.segmentScope()
  const rows = await shop.events.query<{ profile: number }>(
    `SELECT DISTINCT arrayJoin(bitmapToArray(users)) AS profile FROM (
       SELECT groupBitmapMergeState(users) AS users FROM tag_bitmaps WHERE run_id IN {runs:Array(UInt64)}) ORDER BY profile`,
    { params: { runs: [...heads.values()].map((head) => Number(head.baseRun)) } },
  )
  return rows.map((row) => row.profile)
}

async function listed(): Promise<number[]> {
  const scope = await bench.segmentScope()
  const { sql, params } = publishedAudience(scope, { kind: 'lists', id: 'march', value: null }).audience.members(0, 100)
  return (await shop.events.query<{ profile_id: number }>(sql, { params })).map((row) => row.profile_id)
}

async function countOnList(asOf: number | null): Promise<number> {
  const where = { member: { list: 'march' } }
  const segment = { version: 1, kind: 'segment', id: 'x', name: 'x', where } as const
  return (await countSegment(await bench.segmentScope(), segment, asOf, now)).people
}

it('a merged profile is gone from every tag, segment and list after the next run', async () => {
  const [store, online, bo] = await Promise.all(['phone:13900000001', 'user_id:ana', 'user_id:bo'].map(profileOf))
  expect(await bench.published('city')).toEqual(
    new Map([
      ['北京', [store]],
      ['上海', [online]],
    ]),
  )
  expect(await listed()).toEqual(sorted([store!, online!, bo!]))
  await shop.take([identities(who('user_id:ana', 'phone:13900000001'))], JOINING)
  now += DAY
  await bench.run({ now })
  const ana = await profileOf('user_id:ana')
  const loser = ana === store ? online : store
  expect(await namedProfiles()).not.toContain(loser)
  expect(await bench.published('city')).toEqual(new Map([['上海', [ana]]]))
  expect(await bench.published('hobby')).toEqual(new Map([['茶', [ana]]]))
  expect(await bench.published('buyers')).toEqual(new Map([['1', sorted([ana, bo!])]]))
  const { heads, catalog } = await bench.segmentScope()
  expect(heads.get(catalog.subjects.get('person')!.number)!.counts).toMatchObject({ known: 3, values: { 1: 2, 2: 1 } })
  expect(heads.get(await bench.numberOf('city'))!.counts).toMatchObject({ known: 1, population: 2 })
  expect(heads.get(await bench.numberOf('spent'))!.counts).toMatchObject({ known: 2, population: 2 })
})

it('its history ends blank, and the winner goes on with both', async () => {
  const params = { city: await bench.numberOf('city'), spent: await bench.numberOf('spent') }
  const codes = await shop.events.query<{ profile: number; code: number }>(
    `SELECT profile_id AS profile, argMax(value, (as_of, run_id)) AS code FROM tag_changes
     WHERE tag_id = {city:UInt32} GROUP BY profile_id HAVING code != 0`,
    { params },
  )
  const ana = await profileOf('user_id:ana')
  expect(codes.map((row) => row.profile)).toEqual([ana])
  const numbers = await shop.events.query(
    `SELECT profile, toString(tupleElement(latest, 1)) AS num FROM (
       SELECT profile_id AS profile, argMax(tuple(num), (as_of, run_id)) AS latest FROM tag_numbers
       WHERE tag_id = {spent:UInt32} GROUP BY profile_id) WHERE isNotNull(tupleElement(latest, 1)) ORDER BY profile`,
    { params },
  )
  const bo = await profileOf('user_id:bo')
  const expected = [
    { profile: ana, num: '300' },
    { profile: bo, num: '50' },
  ]
  expect(numbers).toEqual(expected.sort((left, right) => left.profile - right.profile))
})

it('a list keeps its people under the profiles of today, at every moment, and when they part again', async () => {
  const [ana, bo] = await Promise.all(['user_id:ana', 'user_id:bo'].map(profileOf))
  expect(await listed()).toEqual(sorted([ana!, bo!]))
  for (const asOf of [null, now, NOON + DAY + 1000]) expect(await countOnList(asOf)).toBe(2)
  const { heads } = await bench.segmentScope()
  const before = heads.get(await bench.numberOf('march'))!.baseRun
  await bench.run({ now })
  expect((await bench.segmentScope()).heads.get(await bench.numberOf('march'))!.baseRun).toBe(before)
  await shop.undo(JOINING)
  now += DAY
  await bench.run({ now })
  const parted = await Promise.all(['phone:13900000001', 'user_id:ana', 'user_id:bo'].map(profileOf))
  expect(new Set(parted).size).toBe(3)
  expect(await listed()).toEqual(sorted(parted))
  for (const asOf of [null, now]) expect(await countOnList(asOf)).toBe(3)
  expect(await namedProfiles()).toEqual(sorted([...parted, await profileOf('anonymous_id:cookie')]))
  expect(await bench.published('buyers')).toEqual(new Map([['1', sorted(parted)]]))
})
