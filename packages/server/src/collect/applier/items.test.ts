import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CollectingWorkspace, startCollecting } from '../testing/collecting-workspace.js'
import { event, fileKey, HOUR, item, NOON, who } from '../testing/facts.js'

let shop: CollectingWorkspace
beforeAll(async () => {
  shop = await startCollecting()
})
afterAll(async () => {
  expect(shop.troubles).toEqual([])
  await shop.stop()
})

/** The items as definitions read them: the newest row of each, undone imports left out. */
async function known(catalogue: string): Promise<Record<string, unknown>[]> {
  const { items } = await shop.catalogs.load(shop.workspaceId)
  const columns = [...items.get(catalogue)!.properties.values()].flatMap(({ column }) => column ?? [])
  const rows = await shop.events.query<Record<string, unknown>>(
    `SELECT item, argMax(tuple(${columns.join(', ')}), (ts, seq)) AS newest FROM items
     WHERE catalogue = {catalogue:String} AND import_id NOT IN (SELECT arrayJoin({excluded:Array(UInt32)}))
     GROUP BY item ORDER BY item`,
    { params: { catalogue, excluded: undone } },
  )
  return rows.map(({ item: key, newest }) => ({
    item: key,
    ...Object.fromEntries(columns.map((column, at) => [column, (newest as unknown[])[at]])),
  }))
}
let undone: number[] = []

describe('items of a catalogue', () => {
  it('get columns of the types their values suggest, the newest row of each counts', async () => {
    await shop.take([
      item('goods', ' Ａ1 ', { brand: '安踏', list_price: 99.5, launched: '2025-03-01', new: true, tags: ['跑步'] }),
      item('goods', 'A2', { brand: '北渡', size: 'M', note: null }),
      item('stores', 'S1', { brand: '旗舰', list_price: '面议' }),
    ])
    const { items } = await shop.catalogs.load(shop.workspaceId)
    expect([...items.keys()]).toEqual(['goods', 'stores'])
    expect([...items.get('goods')!.properties.values()].map(({ name, type, column }) => [name, type, column])).toEqual([
      ['brand', 'text', 'c_brand'],
      ['launched', 'date', 'c_launched'],
      ['list_price', 'number', 'c_list_price'],
      ['new', 'bool', 'c_new'],
      ['size', 'text', 'c_size'],
      ['tags', 'list', 'c_tags'],
    ])
    // One column for one name and type; another type of the name has its own.
    expect(items.get('stores')!.properties.get('brand')!.column).toBe('c_brand')
    expect(items.get('stores')!.properties.get('list_price')).toMatchObject({ column: 'c_list_price__text' })
    expect((await known('goods'))[0]).toEqual({
      ...{ item: 'A1', c_brand: '安踏', c_launched: '2025-02-28 16:00:00.000', c_list_price: '99.5' },
      ...{ c_new: 1, c_size: null, c_tags: ['跑步'] },
    })
    await shop.take([item('goods', 'A1', { brand: '安踏', list_price: 79 }, { ts: NOON + HOUR })])
    await shop.take([item('goods', 'A1', { brand: '旧', list_price: 1 }, { ts: NOON - HOUR })])
    expect((await known('goods'))[0]).toMatchObject({ item: 'A1', c_brand: '安踏', c_list_price: '79', c_new: null })
  })

  it('leave out what does not fit the type, and go with an undone import', async () => {
    const before = await known('goods')
    const of = (price: unknown, content: string) =>
      item(
        'goods',
        'A2',
        { brand: '新北渡', list_price: price as number },
        { key: fileKey('goods A2', content), ts: NOON + HOUR },
      )
    await shop.take([of('cheap', '1')], 7)
    expect(await shop.result(7)).toMatchObject({ created: 1, values_refused: 1 })
    await shop.take([of('cheap', '1')], 7)
    expect(await shop.result(7)).toMatchObject({ created: 1, duplicate: 1 })
    await shop.take([of(20, '2')], 7)
    // Back to what it was: that is the newest again.
    await shop.take([of('cheap', '1')], 7)
    expect(await shop.result(7)).toMatchObject({ created: 1, updated: 2, duplicate: 1 })
    expect((await known('goods'))[1]).toMatchObject({ c_brand: '新北渡', c_list_price: null })
    await shop.undo(7)
    undone = [7]
    expect(await known('goods')).toEqual(before)
    await shop.take([of(20, '2')], 8)
    expect((await known('goods'))[1]).toMatchObject({ c_brand: '新北渡', c_list_price: '20' })
  })

  it('are refused without a number or a usable catalogue', async () => {
    const { rejected } = await shop.result()
    await shop.take([item('goods', ' ', {}), item('a\u0001b', 'x', {}), item('__proto__', 'x', {})])
    expect(await shop.result()).toMatchObject({ rejected: Number(rejected) + 3 })
  })

  it('are joined by a property that names them', async () => {
    await shop.catalogs.declare(shop.workspaceId, {
      events: [{ name: 'ordered' }],
      properties: [{ event: 'ordered', item: true, name: 'sku', type: 'text', catalogue: 'goods' }],
    })
    await shop.take([event('ordered', who('user_id:ana'), { items: [{ sku: 'Ａ1' }] })])
    const { events } = await shop.catalogs.load(shop.workspaceId)
    const sku = events.get('ordered')!.properties.get('items.sku')!
    expect(sku).toMatchObject({ catalogue: 'goods', item: true })
    const rows = await shop.events.query<{ n: string }>(
      `SELECT count() AS n FROM events ARRAY JOIN ${sku.column} AS sku
       WHERE event = 'ordered' AND sku IN (SELECT item FROM items WHERE catalogue = 'goods')`,
    )
    expect(Number(rows[0]!.n)).toBe(1)
  })
})
