import type { Client } from '@tagtree/core/contract/client'
import {
  editEvent,
  editEventProperty,
  editItemCatalogue,
  listEvents,
  listItemCatalogues,
  listRelations,
  saveRelation,
  showEvent,
} from '@tagtree/core/contract/names'
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

describe('events and item catalogues', () => {
  it('are joined where a property names items, and called what people call them', async () => {
    const { client } = shop
    await shop.collect({
      items: [{ catalogue: 'goods', item: 'A1', properties: { brand: '安踏', list_price: 99.5, tags: ['x', 'y'] } }],
      events: [
        {
          id: 'o1',
          event: 'order.paid',
          identities: { user_id: 'ana' },
          properties: { amount: 99.5, items: [{ sku: 'A1', qty: 1 }] },
        },
      ],
    })
    const { items } = await client.call(listItemCatalogues)
    expect(items).toEqual([
      {
        key: 'goods',
        label: 'goods',
        properties: [
          { name: 'brand', type: 'text', label: 'brand' },
          { name: 'list_price', type: 'number', label: 'list_price' },
          { name: 'tags', type: 'list', label: 'tags' },
        ],
      },
    ])
    const named = { label: { zh: '商品' }, properties: { brand: { zh: '品牌', en: 'brand' } } }
    expect(await client.call(editItemCatalogue, { params: { catalogue: 'goods' }, body: named })).toMatchObject({
      label: { zh: '商品' },
      properties: [{ label: { zh: '品牌', en: 'brand' } }, {}, {}],
    })
    const join = (property: string, body: object) =>
      client.call(editEventProperty, { params: { event: 'order.paid', property }, body })
    expect(await join('items.sku', { catalogue: 'goods', label: '商品编号' })).toEqual({
      ...{ name: 'items.sku', type: 'text', label: '商品编号', catalogue: 'goods' },
    })
    expect(await refusal(join('items.qty', { catalogue: 'goods' }))).toMatchObject({ code: 'CATALOG_TYPE_FIXED' })
    expect(await refusal(join('items.sku', { catalogue: 'gods' }))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(join('items.skew', {}))).toMatchObject({ code: 'NOT_FOUND' })
    await client.call(editEvent, { params: { event: 'order.paid' }, body: { label: '付款', passive: true } })
    const events = await client.call(listEvents)
    expect(events.items.find(({ name }) => name === 'order.paid')).toMatchObject({ label: '付款', passive: true })
    expect(await join('items.sku', { catalogue: null })).toMatchObject({ catalogue: null })
    const shown = await client.call(showEvent, { params: { event: 'order.paid' } })
    expect(shown).toMatchObject({ label: '付款', volume: 1, known: { amount: 1, 'items.sku': 1, 'items.qty': 1 } })
    expect(Date.parse(shown.firstAt!)).toBe(Date.parse(shown.lastAt!))
    expect(await refusal(client.call(showEvent, { params: { event: 'order' } }))).toMatchObject({ code: 'NOT_FOUND' })
  })
})

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
