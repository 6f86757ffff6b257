import * as catalogue from '@tagtree/core/contract/catalogue'
import { uploadFile } from '@tagtree/core/contract/import'
import * as contract from '@tagtree/core/contract/list'
import * as segment from '@tagtree/core/contract/segment'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop, until } from '../testing/shop.js'

let server: TestServer
let shop: Shop

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'lists')
  await shop.collect({
    identities: Array.from({ length: 9 }, (_, i) => ({
      id: `person ${i + 1}`,
      identities: { user_id: `u${i + 1}`, phone: `1380000100${i + 1}` },
    })),
    events: [
      { id: 'o1', event: 'order.paid', identities: { user_id: 'u1' }, properties: { amount: 10, sku: 'A100' } },
      { id: 'p1', event: 'page.viewed', identities: { anonymous_id: 'cookie' }, properties: {} },
    ],
  })
  await shop.save({ kind: 'segment', id: 'buyers', name: 'buyers', where: { did: 'order.paid', gte: 1 } })
  await shop.settle()
})
afterAll(() => server?.remove())

const create = (id: string, holds: 'subjects' | 'values' = 'subjects') =>
  shop.client.call(contract.createList, { body: { id, name: id, holds } })
const change = (id: string, how: 'add' | 'remove' | 'replace', ...users: string[]) =>
  shop.client.call(contract.changeList, {
    params: { id },
    body: { how, people: users.map((user) => ({ identities: { user_id: user } })) },
  })
async function upload(id: string, text: string, body: object = {}) {
  const bytes = Buffer.from(text)
  const stored = await shop.client.call(uploadFile, {
    query: { name: 'people.csv' },
    bodyStream: { contentType: 'application/octet-stream', body: bytes as never, contentLength: bytes.length },
  })
  return shop.client.call(contract.uploadList, { params: { id }, body: { fileId: stored.id, ...body } })
}
async function members(id: string): Promise<string[]> {
  const { items } = await shop.client.call(segment.listAudienceMembers, {
    params: { kind: 'lists', id },
    query: { limit: 100 },
  })
  return items.map(({ identities }) => identities.find((one) => one.kind === 'user_id')!.value)
}
const count = async (where: object, asOf?: string) =>
  (
    await shop.client.call(segment.countAudience, {
      body: {
        document: { version: 1, kind: 'segment', id: 'x', name: 'x', where },
        ...(asOf === undefined ? {} : { asOf }),
      },
    })
  ).people
/** The history knows whole seconds: a moment after the second that has begun, once that moment's second is over too. */
async function momentBetween(): Promise<string> {
  const moment = Math.ceil((Date.now() + 1) / 1000) * 1000
  await until(
    async () => Date.now(),
    (now) => now > moment + 1000,
  )
  return new Date(moment).toISOString()
}
const undo = (changeNo: string) => shop.client.call(catalogue.undoCatalogueChange, { params: { changeNo } })

describe('a list of people', () => {
  it('takes a file by the names of its columns and tells what became of every row', async () => {
    await create('vip')
    expect(await members('vip')).toEqual([])
    const report = await upload(
      'vip',
      'name,id.phone,user_id\n甲,138 0000 1001,u1\n乙,,u2\n乙,13800001002,\n丙,13999999999,\n丁,,\n戊,13800001003,u4\n"=cmd",nonsense,\n',
    )
    expect(report).toMatchObject({ rows: 7, matched: 2, duplicate: 1, unmatched: 4, size: 2, joined: 2, left: 0 })
    expect(report.lost).toEqual([
      { row: 5, reason: 'unknown' },
      { row: 6, reason: 'empty' },
      { row: 7, reason: 'several' },
      { row: 8, reason: 'unknown' },
    ])
    expect(await members('vip')).toEqual(['u1', 'u2'])
    const { body } = await shop.client.stream(contract.exportUnmatched, {
      params: { id: 'vip', content: report.content },
    })
    let text = ''
    for await (const part of body) text += Buffer.from(part).toString('utf8')
    expect(text.split('\n')).toEqual([
      '\uFEFFrow,reason,name,id.phone,user_id',
      '5,unknown,丙,13999999999,',
      '6,empty,丁,,',
      '7,several,戊,13800001003,u4',
      "8,unknown,'=cmd,nonsense,",
      '',
    ])
  })

  it('takes people one by one and by profile id, and lets them go', async () => {
    expect(await change('vip', 'add', 'u2', 'u3', 'u3')).toMatchObject({ matched: 2, duplicate: 1, joined: 1, size: 3 })
    expect(await change('vip', 'remove', 'u1', 'u9')).toMatchObject({ matched: 2, left: 1, size: 2 })
    const { items } = await shop.client.call(segment.listAudienceMembers, {
      params: { kind: 'lists', id: 'vip' },
      query: { limit: 1 },
    })
    const people = [{ profileId: items[0]!.profileId }, { profileId: 4_000_000_000 }]
    const taken = await shop.client.call(contract.changeList, {
      params: { id: 'vip' },
      body: { how: 'remove', people },
    })
    expect(taken).toMatchObject({ matched: 1, unmatched: 1, size: 1, lost: [{ row: 1, reason: 'unknown' }] })
    expect(await members('vip')).toEqual(['u3'])
  })

  it('is a condition, now and as of before; its changes are a stream of its history', async () => {
    await create('club')
    await change('club', 'add', 'u5', 'u6')
    expect(await count({ member: { list: 'club' } })).toBe(2)
    expect(
      await count({ all: [{ not: { member: { list: 'club' } } }, { not: { member: { segment: 'buyers' } } }] }),
    ).toBe(6)
    const before = await momentBetween()
    await change('club', 'remove', 'u5')
    expect(await count({ member: { list: 'club' } })).toBe(1)
    expect(await count({ member: { list: 'club' } }, before)).toBe(2)
  })

  it('an undone change puts the former people back, and an undone undo the later ones', async () => {
    const { changeNo } = await change('club', 'replace', 'u7', 'u8', 'u9')
    expect(await members('club')).toEqual(['u7', 'u8', 'u9'])
    const undone = await undo(changeNo)
    await until(
      () => members('club'),
      (found) => found.length === 1,
    )
    expect(await members('club')).toEqual(['u6'])
    // What is built on the former content keeps nothing of the undone one.
    await change('club', 'add', 'u1')
    expect(await members('club')).toEqual(['u1', 'u6'])
    expect(await refusal(undo(undone.changeNo))).toMatchObject({ code: 'UNDO_CONFLICT' })
  })

  it('that began as a snapshot can be changed too', async () => {
    await shop.client.call(segment.snapshotSegment, { params: { id: 'buyers' }, body: { id: 'march', name: 'march' } })
    expect(await members('march')).toEqual(['u1'])
    expect(await change('march', 'add', 'u1', 'u2')).toMatchObject({ joined: 1, size: 2 })
    const gone = await change('march', 'remove', 'u1')
    expect(gone).toMatchObject({ left: 1, size: 1 })
    expect(await members('march')).toEqual(['u2'])
    await undo(gone.changeNo)
    await until(
      () => members('march'),
      (found) => found.length === 2,
    )
    expect(await change('march', 'replace', 'u4')).toMatchObject({ joined: 1, left: 2, size: 1 })
  })

  it('keeps its people under the profiles of today when two merge, also in its past', async () => {
    await shop.collect({
      identities: [
        { id: 'lone phone', identities: { phone: '13900002001' } },
        { id: 'lone user', identities: { user_id: 'u20' } },
      ],
    })
    await create('merging')
    const person = { identities: { user_id: 'u20' } }
    await shop.client.call(contract.changeList, { params: { id: 'merging' }, body: { people: [person] } })
    const before = await momentBetween()
    await change('merging', 'add', 'u1')
    // The phone's profile is older, so it is the one that stays; it was never on the list.
    await shop.collect({ identities: [{ id: 'joined', identities: { phone: '13900002001', user_id: 'u20' } }] })
    await shop.run()
    expect((await members('merging')).sort()).toEqual(['u1', 'u20'])
    expect(await count({ member: { list: 'merging' } })).toBe(2)
    expect(await count({ member: { list: 'merging' } }, before)).toBe(1)
    expect(await change('merging', 'remove', 'u20')).toMatchObject({ left: 1, size: 1 })
  })
})

describe('a list of values', () => {
  it('is filled from a file and by request, read by the catalogue and undone', async () => {
    await create('promo_skus', 'values')
    const report = await upload('promo_skus', 'sku\nA100\nB200 \nＡ１００\n\nC300\n')
    expect(report).toMatchObject({ matched: 3, duplicate: 1, size: 3, joined: 3 })
    const show = () => shop.client.call(contract.showList, { params: { id: 'promo_skus' } })
    expect((await show()).values).toEqual(['A100', 'B200', 'C300'])
    const body = { how: 'remove' as const, values: ['B200', 'nothing'] }
    const { changeNo, left } = await shop.client.call(contract.changeList, { params: { id: 'promo_skus' }, body })
    expect(left).toBe(1)
    await undo(changeNo)
    expect((await show()).values).toEqual(['A100', 'B200', 'C300'])
    const refused = await refusal(change('promo_skus', 'add', 'u1'))
    expect(refused).toMatchObject({ code: 'LIST_HOLDS_VALUES' })
  })
})

it('refuses what it cannot understand before anything is changed', async () => {
  await create('strict')
  expect(await refusal(create('strict'))).toMatchObject({ code: 'NAME_TAKEN' })
  expect(await refusal(upload('strict', 'a,b\n1,2\n'))).toMatchObject({ code: 'LIST_COLUMN_UNKNOWN' })
  expect(await refusal(upload('strict', 'a,b\n1,2\n', { columns: { a: 'fone' } }))).toMatchObject({
    code: 'LIST_COLUMN_UNKNOWN',
  })
  const values = { values: ['x'] }
  const call = shop.client.call(contract.changeList, { params: { id: 'strict' }, body: values })
  expect(await refusal(call)).toMatchObject({ code: 'LIST_HOLDS_PEOPLE' })
  expect(await refusal(change('nothing', 'add', 'u1'))).toMatchObject({ code: 'NOT_FOUND' })
  expect((await shop.client.call(contract.showList, { params: { id: 'strict' } })).contents).toEqual([])
})
