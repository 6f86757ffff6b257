import type { Client } from '@tagtree/core/contract/client'
import { listRelations, saveRelation } from '@tagtree/core/contract/names'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

let server: TestServer
let shop: Shop
let client: Client
beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'names')
  client = shop.client
})
afterAll(() => server.remove())

describe('relations', () => {
  const words = { label: { zh: '员工', en: 'employs' }, noun: '人' }

  it('are read from both ends once the inverse is declared', async () => {
    await client.call(saveRelation, {
      params: { key: 'employs' },
      body: { from: 'organisation', to: 'person', ...words },
    })
    const employer = await client.call(saveRelation, {
      params: { key: 'employer' },
      body: { inverseOf: 'employs', label: '任职企业', noun: '家' },
    })
    expect(employer).toEqual({
      ...{ key: 'employer', from: 'person', to: 'organisation', many: true },
      ...{ label: '任职企业', noun: '家', inverseOf: 'employs' },
    })
    const { items } = await client.call(listRelations)
    expect(items.map(({ key, inverseOf }) => [key, inverseOf])).toEqual([
      ['employer', 'employs'],
      ['employs', null],
    ])
  })

  it('take other words at any time, and other ends only while they have no rows', async () => {
    const renamed = await client.call(saveRelation, {
      params: { key: 'employs' },
      body: { label: { zh: '雇员' }, noun: '位' },
    })
    expect(renamed).toMatchObject({ from: 'organisation', to: 'person', label: { zh: '雇员' }, noun: '位' })
    const turned = { from: 'person', to: 'organisation', ...words }
    // Its inverse hangs on it.
    expect(await refusal(client.call(saveRelation, { params: { key: 'employs' }, body: turned }))).toMatchObject({
      code: 'RELATION_FIXED',
    })
    await client.call(saveRelation, { params: { key: 'owns' }, body: turned })
    await client.call(saveRelation, { params: { key: 'owns' }, body: { ...turned, to: 'person' } })
    await shop.collect({
      relations: [{ relation: 'owns', from: { identities: { user_id: 'a' } }, to: { identities: { user_id: 'b' } } }],
    })
    expect(await refusal(client.call(saveRelation, { params: { key: 'owns' }, body: turned }))).toMatchObject({
      code: 'RELATION_FIXED',
      message: expect.stringContaining('person → person'),
    })
  })

  it('refuse an inverse of nothing, of an inverse, or with ends that do not fit', async () => {
    const save = (key: string, body: object) =>
      refusal(client.call(saveRelation, { params: { key }, body: { ...words, ...body } }))
    expect(await save('x', { inverseOf: 'nothing' })).toMatchObject({ code: 'RELATION_INVALID', status: 422 })
    expect(await save('x', { inverseOf: 'employer' })).toMatchObject({ code: 'RELATION_INVALID' })
    expect(await save('x', { inverseOf: 'x' })).toMatchObject({ code: 'RELATION_INVALID' })
    expect(await save('x', { inverseOf: 'employs', from: 'organisation' })).toMatchObject({ code: 'RELATION_INVALID' })
    expect(await save('x', { from: 'person' })).toMatchObject({ code: 'RELATION_INVALID' })
    expect(await save('x', { from: 'persno', to: 'person' })).toMatchObject({ code: 'NOT_FOUND' })
  })
})
