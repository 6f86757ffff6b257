import { previewDefinition } from '@tagtree/core/contract/catalogue'
import { countAudience } from '@tagtree/core/contract/segment'
import { findSubjects } from '@tagtree/core/contract/subject'
import { listSubjectTags } from '@tagtree/core/contract/subject-tags'
import { giveValues, showTag } from '@tagtree/core/contract/tag'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.js'
import { openShop, refusal, type Shop } from './testing/shop.js'

let server: TestServer
let shop: Shop

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'yunlan')
  // The profile of the e-mail is the older one: the one of the phone will go into it.
  await shop.collect({ identities: [{ identities: { email: 'an@example.com' } }] })
  await shop.collect({
    identities: [{ identities: { phone: '13912345678' } }, { identities: { phone: '13912345679' } }],
  })
  await shop.save({
    kind: 'tag',
    id: 'account',
    name: '大客户',
    values: [{ code: '重点客户' }, { code: '普通客户' }],
    assign: { given: 'manual' },
  })
  await shop.save({
    kind: 'tag',
    id: 'topics',
    name: '话题',
    family: 'multi',
    values: [{ code: '茶' }, { code: '酒' }],
    assign: { given: 'import' },
  })
  await shop.save({
    kind: 'segment',
    id: 'by_phone',
    name: '这部手机',
    where: { attr: 'id.phone', is: '+86 139-1234-5678' },
  })
  await shop.settle()
})
afterAll(() => server?.remove())

const give = (id: string, phone: string, value: string | string[] | null) =>
  shop.client.call(giveValues, {
    params: { id },
    body: { given: [{ identities: [{ kind: 'phone', value: phone }], value }] },
  })
/** Profile numbers of an identity. */
const profilesOf = async (value: string) =>
  (await shop.client.call(findSubjects, { body: { value } })).items.map(({ profileId }) => profileId)
/** Tags of whom an identity leads to, with their values. */
const tagsOf = async (value: string) => {
  const [id] = await profilesOf(value)
  const { items } = await shop.client.call(listSubjectTags, { params: { id: id! } })
  return Object.fromEntries(items.map((tag) => [tag.id, tag.values.map(({ code }) => code).sort()]))
}

describe('a tag given by hand', () => {
  it("is nobody's before anything was given", async () => {
    expect(await shop.client.call(showTag, { params: { id: 'account' } })).toMatchObject({ known: 0, population: 3 })
    expect(await shop.client.call(showTag, { params: { id: 'topics' } })).toMatchObject({ known: 0, population: 3 })
    const document = { version: 1, kind: 'segment', id: 'tea', name: '茶', where: { tag: 'topics', hasAny: ['茶'] } }
    const asOf = new Date().toISOString()
    expect(await shop.client.call(countAudience, { body: { document, asOf } })).toMatchObject({
      people: 0,
      population: 3,
    })
  })

  it('to a phone is on its person after the run, goes with her into another profile, and is taken back', async () => {
    await give('account', '139 1234 5678', '重点客户')
    await give('topics', '13912345678', ['酒', '茶'])
    await give('topics', '13912345679', '茶')
    await shop.settle()
    expect(await tagsOf('13912345678')).toEqual({ account: ['重点客户'], topics: ['茶', '酒'].sort() })
    expect(await tagsOf('13912345679')).toEqual({ topics: ['茶'] })

    const [before] = await profilesOf('13912345678')
    await shop.collect({ identities: [{ identities: { email: 'an@example.com', phone: '13912345678' } }] })
    const [after] = await profilesOf('13912345678')
    expect(after).not.toBe(before)
    expect(await profilesOf('an@example.com')).toEqual([after])
    await shop.run()
    expect(await tagsOf('an@example.com')).toEqual({ account: ['重点客户'], topics: ['茶', '酒'].sort() })
    expect(await shop.client.call(showTag, { params: { id: 'account' } })).toMatchObject({
      population: 2,
      values: [{ code: '重点客户', people: 1 }],
    })

    await give('account', '13912345678', null)
    await shop.settle()
    expect(await tagsOf('an@example.com')).toEqual({ topics: ['茶', '酒'].sort() })
    await give('account', '13912345678', ['普通客户'])
    await shop.settle()
    expect(await tagsOf('an@example.com')).toEqual({ account: ['普通客户'], topics: ['茶', '酒'].sort() })
  })

  it('has only its listed values, and one at a time unless it is multi', async () => {
    const before = await tagsOf('13912345678')
    expect(await refusal(give('account', '13912345678', '重点客互'))).toMatchObject({
      code: 'VALUE_NOT_OF_TAG',
      status: 422,
      issues: [{ pointer: '/given/0/value', didYouMean: '重点客户' }],
    })
    expect(await refusal(give('topics', '13912345678', ['茶', '水果']))).toMatchObject({
      code: 'VALUE_NOT_OF_TAG',
      issues: [{ pointer: '/given/0/value/1', message: 'the tag has no value "水果"; it has 茶, 酒' }],
    })
    for (const value of [['重点客户', '普通客户'], []]) {
      expect(await refusal(give('account', '13912345678', value))).toMatchObject({
        code: 'VALUE_NOT_OF_TAG',
        issues: [{ pointer: '/given/0/value' }],
      })
    }
    await shop.run()
    expect(await tagsOf('13912345678')).toEqual(before)
  })
})

describe('a condition on an identity', () => {
  const byPhone = (is: string) => ({
    ...{ version: 1, kind: 'segment', id: 'drafted', name: '手机' },
    where: { attr: 'id.phone', is },
  })

  it('finds its person in a run, a preview and a count, however the number is written', async () => {
    await shop.run({ ids: ['by_phone'] })
    expect(await shop.client.call(showTag, { params: { id: 'by_phone' } })).toMatchObject({ known: 1 })
    for (const [phone, people] of [
      ['13912345678', 1],
      ['0086 139 1234 5678', 1],
      ['13912345670', 0],
      ['no phone', 0],
    ] as const) {
      const document = byPhone(phone)
      expect(await shop.client.call(countAudience, { body: { document } })).toMatchObject({
        people,
        answeredBy: 'plan',
      })
      const preview = await shop.client.call(previewDefinition, { body: { document } })
      expect(preview.values).toEqual([{ code: 'member', people }])
    }
  })
})
