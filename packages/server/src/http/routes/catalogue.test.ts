import * as contract from '@tagtree/core/contract/catalogue'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openCatalogStore } from '../../store/catalog.js'
import { inWorkspace } from '../../store/postgres.js'
import { saveDefinition } from '../../tag/catalogue/save-definition.js'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

let server: TestServer
let shop: Shop
let count = 0
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.remove())
beforeEach(async () => {
  count += 1
  shop = await openShop(server, `shop-${count}`)
})

interface Place {
  readonly parentId?: string
  readonly theme?: string
}
const category = (id: string, { parentId, theme }: Place = {}, name: string = id) =>
  shop.client.call(contract.createCategory, {
    body: { id, name, parentId: parentId ?? null, theme: theme ?? null },
  })
const setCategory = (id: string, state: 'live' | 'archived' | 'deleted') =>
  shop.client.call(contract.setCategoryState, { params: { id }, body: { state } })
const setState = (id: string, state: 'live' | 'archived' | 'deleted') =>
  shop.client.call(contract.setDefinitionState, { params: { id }, body: { state } })
const moveCategory = (id: string, parentId: string | null, position: number | null = null) =>
  shop.client.call(contract.moveCategory, { params: { id }, body: { parentId, position } })
const move = (id: string, categoryId: string | null, position: number | null = null) =>
  shop.client.call(contract.moveDefinition, { params: { id }, body: { categoryId, position } })
const undo = (changeNo: string) => shop.client.call(contract.undoCatalogueChange, { params: { changeNo } })
const show = (id: string, version?: number) =>
  shop.client.call(contract.showDefinition, { params: { id }, query: version === undefined ? {} : { version } })

/** A tag that needs no data: 是 for everybody who was ever seen. */
const tag = (id: string, name = id) => ({
  kind: 'tag',
  id,
  name,
  assign: { rules: [{ value: '是', when: { did: 'any', gte: 1 } }] },
})
const using = (id: string, used: string) => ({ kind: 'segment', id, name: id, where: { tag: used, is: '是' } })

/** The outline as nested names: categories with what is in them, tags as text. */
async function tree(): Promise<unknown> {
  const outline = await shop.client.call(contract.showCatalogue)
  interface Level {
    readonly categories: readonly (Level & { readonly name: unknown })[]
    readonly tags: readonly { readonly name: unknown }[]
  }
  const level = ({ categories, tags }: Level): unknown[] => [
    ...categories.map((one) => ({ [String(one.name)]: level(one) })),
    ...tags.map((one) => one.name),
  ]
  return level(outline)
}

describe('categories', () => {
  it('are made, renamed, moved with what is in them, and stand in their order', async () => {
    await category('value', { theme: '价值分层' }, '价值特征')
    await category('life', {}, '生命周期')
    await category('tiers', { parentId: 'value' }, '分层')
    await shop.save(tag('t1'), 'tiers')
    expect(await tree()).toEqual([{ 价值特征: [{ 分层: ['t1'] }] }, { 生命周期: [] }])
    await moveCategory('life', null, 0)
    await moveCategory('tiers', 'life')
    await shop.client.call(contract.editCategory, {
      params: { id: 'tiers' },
      body: { name: { zh: '等级', en: 'tiers' } },
    })
    const { categories } = await shop.client.call(contract.showCatalogue)
    expect(categories.map(({ id, theme }) => [id, theme])).toEqual([
      ['life', null],
      ['value', '价值分层'],
    ])
    expect(categories[0]!.categories[0]).toMatchObject({ name: { zh: '等级', en: 'tiers' }, tags: [{ id: 't1' }] })
  })

  it('are known to definitions, each with the live tags in it and below it', async () => {
    await category('life')
    await category('tiers', { parentId: 'life' })
    await category('other')
    await shop.save(tag('a'), 'tiers')
    await shop.save(tag('b'), 'life')
    await shop.save(tag('c'), 'tiers')
    await setState('c', 'archived')
    const known = async () => {
      const catalog = await openCatalogStore({ app: server.postgres.app, clickhouse: server.clickhouse }).load(
        shop.workspaceId,
      )
      return [...catalog.categories!.values()].map(({ id, tags }) => [id, ...tags])
    }
    expect(await known()).toEqual(expect.arrayContaining([['life', 'a', 'b'], ['tiers', 'a'], ['other']]))
    await moveCategory('tiers', 'other')
    expect(await known()).toEqual(
      expect.arrayContaining([
        ['life', 'b'],
        ['tiers', 'a'],
        ['other', 'a'],
      ]),
    )
  })

  it('are nested sixteen levels deep and no deeper, also by moving', async () => {
    for (let level = 1; level <= 16; level++) {
      await category(`c${level}`, level === 1 ? {} : { parentId: `c${level - 1}` })
    }
    await shop.save(tag('deep'), 'c16')
    expect(JSON.stringify(await tree())).toContain('{"c16":["deep"]}')
    expect(await refusal(category('c17', { parentId: 'c16' }))).toMatchObject({ code: 'CATEGORY_TOO_DEEP' })
    await category('above')
    expect(await refusal(moveCategory('c1', 'above'))).toMatchObject({ code: 'CATEGORY_TOO_DEEP' })
    await moveCategory('c2', null)
    await moveCategory('c1', 'above')
    expect(await refusal(moveCategory('c2', 'c16'))).toMatchObject({ code: 'CATEGORY_CYCLE' })
    expect(await refusal(moveCategory('c3', 'c3'))).toMatchObject({ code: 'CATEGORY_CYCLE' })
  })

  it('have different names beside each other, and one id each', async () => {
    await category('a', {}, '价值')
    await category('b', { parentId: 'a' }, '价值')
    expect(await refusal(category('c', {}, '价值'))).toMatchObject({ code: 'NAME_TAKEN', status: 409 })
    expect(await refusal(category('b', {}, '别的'))).toMatchObject({ code: 'NAME_TAKEN' })
    expect(await refusal(moveCategory('b', null))).toMatchObject({ code: 'NAME_TAKEN' })
    await setCategory('b', 'archived')
    await category('c', { parentId: 'a' }, '价值')
    expect(await refusal(setCategory('b', 'live'))).toMatchObject({ code: 'NAME_TAKEN' })
  })

  it('stay while something is in them', async () => {
    await category('a')
    await category('b', { parentId: 'a' })
    await shop.save(tag('t1'), 'b')
    const inUse = await refusal(setCategory('b', 'deleted'))
    expect(inUse).toMatchObject({ code: 'IN_USE', message: 'The category "b" is still used by: t1.' })
    expect(await refusal(setCategory('a', 'archived'))).toMatchObject({ code: 'IN_USE' })
    await setState('t1', 'archived')
    expect(await refusal(setCategory('b', 'deleted'))).toMatchObject({ code: 'IN_USE' })
    await setCategory('b', 'archived')
    expect(await tree()).toEqual([{ a: [] }])
    expect(await refusal(category('c', { parentId: 'b' }))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(shop.save(tag('t2'), 'b'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(move('t1', 'b'))).toMatchObject({ code: 'NOT_FOUND' })
    await setState('t1', 'live')
    expect(await tree()).toEqual([{ a: [] }, 't1'])
  })
})

describe('definitions', () => {
  it('are ordered, moved, copied, archived and brought back', async () => {
    await category('a')
    await category('b')
    for (const id of ['t1', 't2', 't3']) await shop.save(tag(id), 'a')
    await move('t3', 'a', 0)
    expect(await tree()).toEqual([{ a: ['t3', 't1', 't2'] }, { b: [] }])
    await setState('t3', 'archived')
    await move('t2', 'a', 0)
    await move('t1', 'b')
    expect(await tree()).toEqual([{ a: ['t2'] }, { b: ['t1'] }])
    await shop.client.call(contract.copyDefinition, { params: { id: 't1' }, body: { id: 't4', name: '副本' } })
    expect(await tree()).toEqual([{ a: ['t2'] }, { b: ['t1', '副本'] }])
    await setState('t3', 'live')
    expect((await show('t4')).document).toMatchObject({ id: 't4', name: '副本', assign: tag('t1').assign })
    expect(await refusal(move('t1', 'nowhere'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(move('nobody', 'a'))).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('keep every version, and a draft counts for nothing until it is published', async () => {
    await shop.save(tag('t1', '一'))
    const draft = { version: 1, ...tag('t1', '二') }
    await shop.client.call(contract.saveDefinition, { params: { id: 't1' }, body: { document: draft, publish: false } })
    expect(await show('t1')).toMatchObject({ publishedVersion: 1, draftVersion: 2, document: { name: '一' } })
    expect((await show('t1', 2)).document.name).toBe('二')
    await shop.client.call(contract.renameDefinition, { params: { id: 't1' }, body: { name: '三' } })
    expect(await show('t1')).toMatchObject({ publishedVersion: 3, draftVersion: 4, document: { name: '三' } })
    const { items } = await shop.client.call(contract.listVersions, { params: { id: 't1' } })
    expect(items.map(({ version, document }) => [version, document.name])).toEqual([
      [4, '三'],
      [3, '三'],
      [2, '二'],
      [1, '一'],
    ])
    expect(items[0]!.sentence.zh).not.toBe('')
    expect(await refusal(show('t1', 9))).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('stay while something live uses them, and come back only when all they use is there', async () => {
    await shop.save(tag('t1'))
    await shop.save(using('s1', 't1'))
    expect(await refusal(setState('t1', 'deleted'))).toMatchObject({
      code: 'IN_USE',
      message: 'The tag "t1" is still used by: s1.',
    })
    const { items } = await shop.client.call(contract.listUses, { params: { id: 't1' } })
    expect(items).toEqual([{ id: 's1', kind: 'segment' }])
    await setState('s1', 'archived')
    await setState('t1', 'deleted')
    expect(await refusal(setState('s1', 'live'))).toMatchObject({ code: 'DEFINITION_INVALID' })
    expect(await refusal(show('t1'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(shop.client.call(contract.listUses, { params: { id: 't1' } }))).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('made anew under a deleted id begin without the old counts', async () => {
    await shop.save(tag('t1'))
    await shop.settle()
    const head = async () => (await shop.client.call(contract.showCatalogue)).tags.find(({ id }) => id === 't1')
    expect(await head()).toMatchObject({ people: 0 })
    await setState('t1', 'deleted')
    const document = { version: 1, kind: 'segment', id: 't1', name: '人群', where: { did: 'any', gte: 1 } }
    await shop.client.call(contract.saveDefinition, { params: { id: 't1' }, body: { document, publish: false } })
    expect(await show('t1')).toMatchObject({ kind: 'segment', publishedVersion: null, draftVersion: 2 })
    expect(await head()).toBeUndefined()
    await shop.settle()
  })

  it('name what no longer fits beside a new version', async () => {
    await shop.save(tag('t1'))
    await shop.save(using('s1', 't1'))
    const changed = { ...tag('t1'), version: 1, assign: { rules: [{ value: '有', when: { did: 'any', gte: 1 } }] } }
    const saved = await shop.client.call(contract.saveDefinition, { params: { id: 't1' }, body: { document: changed } })
    expect(saved.warnings).toEqual([
      { pointer: '', message: expect.stringContaining('"s1" uses it and no longer fits: /where') },
    ])
  })

  it('are refused with every problem addressed, and the nearest name', async () => {
    const document = {
      version: 1,
      kind: 'segment',
      id: 's1',
      name: '人群',
      where: {
        all: [
          { tag: 'paymnt', is: 'a' },
          { did: 'order.payd', gte: 1 },
        ],
      },
    }
    await shop.save(tag('payment'))
    const checked = await refusal(shop.client.call(contract.checkDefinition, { body: { document } }))
    expect(checked).toMatchObject({
      code: 'DEFINITION_INVALID',
      status: 422,
      issues: [{ pointer: '/where/all/0/tag', didYouMean: 'payment' }, { pointer: '/where/all/1/did' }],
    })
    expect(await refusal(shop.save(document))).toMatchObject({ code: 'DEFINITION_INVALID' })
    const itself = { ...tag('t1'), assign: { rules: [{ value: 'a', when: { tag: 't1', is: 'a' } }] } }
    const circle = await refusal(shop.save(itself))
    expect(circle.issues[0]!.message).toMatch(/t1/)
    const params = { id: 'other' }
    const moved = shop.client.call(contract.saveDefinition, {
      params,
      body: { document: { version: 1, ...tag('t1') } },
    })
    expect(await refusal(moved)).toMatchObject({ code: 'REQUEST_INVALID', issues: [{ pointer: '/document/id' }] })
    const preview = { ...document, where: { tag: 'payment', gt: 'x', is: 'y' } }
    expect(await refusal(shop.client.call(contract.previewDefinition, { body: { document: preview } }))).toMatchObject({
      code: 'DEFINITION_INVALID',
    })
  })

  it('cannot be made into a circle by two edits at once', async () => {
    await shop.save(tag('a'))
    await shop.save(tag('b'))
    await shop.settle()
    const on = (id: string, used: string) => ({
      ...tag(id),
      assign: { rules: [{ value: '是', when: { tag: used, is: '是' } }] },
    })
    const outcomes = await Promise.all([refusal(shop.save(on('a', 'b'))), refusal(shop.save(on('b', 'a')))])
    expect(outcomes.map(({ code }) => code).sort()).toEqual(['DEFINITION_INVALID', 'it was not refused'])
    await shop.settle()
  })
})

describe('undo', () => {
  it('takes back every kind of change, and undoing the undo repeats it', async () => {
    await category('a')
    await category('b')
    await shop.save(tag('t1'), 'a')
    await shop.save(tag('t2'), 'a')
    const before = await tree()
    const changes: (() => Promise<{ changeNo: string }>)[] = [
      () => category('c'),
      () => shop.client.call(contract.editCategory, { params: { id: 'a' }, body: { name: '甲', theme: '基本信息' } }),
      () => moveCategory('b', 'a'),
      () => moveCategory('b', null, 0),
      () => setCategory('b', 'archived'),
      () => setCategory('b', 'deleted'),
      async () => ({ changeNo: await shop.save(tag('t3'), 'a') }),
      async () => ({ changeNo: await shop.save(tag('t1', '新名')) }),
      () => shop.client.call(contract.renameDefinition, { params: { id: 't1' }, body: { name: '改名' } }),
      () => move('t2', 'a', 0),
      () => move('t2', 'b'),
      () => shop.client.call(contract.copyDefinition, { params: { id: 't1' }, body: { id: 't4', name: '副本' } }),
      () => setState('t1', 'archived'),
      () => setState('t1', 'deleted'),
    ]
    for (const change of changes) {
      const { changeNo } = await change()
      const after = await tree()
      expect(after).not.toEqual(before)
      const undone = await undo(changeNo)
      expect(await tree()).toEqual(before)
      const again = await undo(undone.changeNo)
      expect(await tree()).toEqual(after)
      await undo(again.changeNo)
      expect(await tree()).toEqual(before)
    }
    const { items } = await shop.client.call(contract.listCatalogueChanges, { query: { limit: 1000 } })
    expect(items).toHaveLength(4 + 4 * changes.length)
    expect(items[0]!.summary).toMatchObject({ verb: 'undo', what: 'catalogue' })
    await shop.settle()
  })

  it('leaves alone what others did beside it', async () => {
    await category('a')
    await shop.save(tag('t1'), 'a')
    const edit = await shop.save(tag('t1', '新名'))
    await shop.save(tag('t2'), 'a')
    await move('t2', 'a', 0)
    await undo(edit)
    expect(await tree()).toEqual([{ a: ['t2', 't1'] }])
    expect((await show('t1')).document.name).toBe('t1')
  })

  it('is refused when what it touched changed again since, and when it was undone already', async () => {
    const made = await shop.save(tag('t1'))
    const second = await shop.save(tag('t1', '二'))
    const third = await shop.save(tag('t1', '三'))
    expect(await refusal(undo(second))).toMatchObject({ code: 'UNDO_CONFLICT', status: 409 })
    expect(await refusal(undo(made))).toMatchObject({ code: 'UNDO_CONFLICT' })
    const { changeNo } = await undo(third)
    expect(await refusal(undo(third))).toMatchObject({
      code: 'CHANGE_UNDONE',
      message: `The change ${third} was undone already, by the change ${changeNo}.`,
    })
    await undo(second)
    await undo(made)
    expect(await tree()).toEqual([])
    expect(await refusal(undo('99999999999'))).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('never leaves anything without what it uses or where it stands', async () => {
    const made = await shop.save(tag('t1'))
    await shop.save(using('s1', 't1'))
    expect(await refusal(undo(made))).toMatchObject({ code: 'IN_USE' })
    const parent = await category('a')
    await category('b', { parentId: 'a' })
    expect(await refusal(undo(parent.changeNo))).toMatchObject({ code: 'IN_USE' })
    const away = await setCategory('b', 'deleted')
    await setCategory('a', 'archived')
    expect(await refusal(undo(away.changeNo))).toMatchObject({ code: 'NOT_FOUND' })
    const gone = await setState('s1', 'deleted')
    await setState('t1', 'archived')
    expect(await refusal(undo(gone.changeNo))).toMatchObject({ code: 'DEFINITION_INVALID' })
  })

  it('of a deletion brings the old definition back, whatever was made under its id meanwhile', async () => {
    await shop.save(tag('t1', '旧'))
    const deleted = await setState('t1', 'deleted')
    const anew = await shop.save(tag('t1', '新'))
    expect(await refusal(undo(deleted.changeNo))).toMatchObject({ code: 'UNDO_CONFLICT' })
    await undo(anew)
    await undo(deleted.changeNo)
    expect(await show('t1')).toMatchObject({ document: { name: '旧' }, publishedVersion: 1 })
  })

  it('lists changes by page, newest first', async () => {
    for (let index = 0; index < 5; index++) await category(`c${index}`)
    const first = await shop.client.call(contract.listCatalogueChanges, { query: { limit: 3 } })
    const second = await shop.client.call(contract.listCatalogueChanges, {
      query: { limit: 3, cursor: first.nextCursor! },
    })
    expect([...first.items, ...second.items].map(({ summary }) => summary.id)).toEqual(['c4', 'c3', 'c2', 'c1', 'c0'])
    expect(second.nextCursor).toBeNull()
    const forged = shop.client.call(contract.listCatalogueChanges, { query: { cursor: 'AAAA' } })
    expect(await refusal(forged)).toMatchObject({ code: 'CURSOR_INVALID' })
  })
})

describe('bad input', () => {
  const hostile = [
    "x'; drop table definition; --",
    '../../etc/passwd',
    '__proto__',
    'a b',
    'a/b',
    '😀',
    'ａ'.repeat(101),
    '',
    '\u0000',
    'a\u0000b',
  ]

  it('as an id or a name is refused or kept as text, never a server error', async () => {
    for (const text of hostile) {
      for (const call of [
        () => category(text),
        () => category(`c${hostile.indexOf(text)}`, {}, text),
        () => category(`d${hostile.indexOf(text)}`, { parentId: text }),
        () => shop.save(tag(text)),
        () => shop.save(tag('named', text)),
        () => move('named', text),
        () => setState(text, 'archived'),
        () => undo(text),
      ]) {
        const { status, message } = await refusal(call())
        expect({ text, call: call.toString(), message, isOurFault: status >= 500 }).toMatchObject({ isOurFault: false })
      }
    }
    const { categories } = await shop.client.call(contract.showCatalogue)
    expect(categories.map(({ name }) => name)).toContain("x'; drop table definition; --")
    await shop.settle()
  })

  it('as a document of a hundred levels, with foreign keys or of a megabyte is refused with an address', async () => {
    const nested = (depth: number): object => (depth === 0 ? { did: 'any', gte: 1 } : { not: nested(depth - 1) })
    const documents: Record<string, unknown>[] = [
      { version: 1, kind: 'segment', id: 's1', name: 's1', where: nested(100) },
      { version: 1, kind: 'segment', id: 's1', name: 's1', where: nested(1), constructor: { prototype: 1 } },
      { version: 1, kind: 'segment', id: 's1', name: '名'.repeat(400_000), where: nested(1) },
      { version: 1, kind: 'list', id: 's1', name: 's1' },
      { version: 1, kind: 'journey', id: 's1', name: 's1' },
      { id: 's1' },
    ]
    for (const document of documents) {
      const refused = await refusal(
        shop.client.call(contract.saveDefinition, { params: { id: 's1' }, body: { document } }),
      )
      expect(refused).toMatchObject({ status: expect.toSatisfy((status: number) => status >= 400 && status < 500) })
    }
  })
})

it('holds a thousand tags in one category', async () => {
  await category('all')
  const catalog = await openCatalogStore({ app: server.postgres.app, clickhouse: server.clickhouse }).load(
    shop.workspaceId,
  )
  await inWorkspace(server.postgres.app, shop.workspaceId, async (tx) => {
    const scope = { tx, workspaceId: shop.workspaceId, actorId: null }
    for (let index = 0; index < 1000; index++) {
      await saveDefinition(scope, { version: 1, ...tag(`t${index}`) }, { catalog, publish: true, categoryId: 'all' })
    }
  })
  await move('t999', 'all', 0)
  const { categories } = await shop.client.call(contract.showCatalogue)
  expect(categories[0]!.tags.map(({ id }) => id).slice(0, 3)).toEqual(['t999', 't0', 't1'])
  expect(categories[0]!.tags).toHaveLength(1000)
})
