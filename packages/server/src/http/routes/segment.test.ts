import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSourceRow } from '@tagtree/connectors/files/file-row'
import { openFile } from '@tagtree/connectors/files/open-file'
import * as catalogue from '@tagtree/core/contract/catalogue'
import * as contract from '@tagtree/core/contract/segment'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDatabaseName } from '../../store/workspace-store.js'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

const day = 86_400_000
let server: TestServer
let shop: Shop

/** Names that a spreadsheet would run, and what else is hard to carry through a file. */
const nicks = ['=1+1', '+SUM(A1)', '-2+3+cmd|calc', '@x', '\t=1', '张"三", 女\n换行', '-12.5', '＝1', 'plain', '']

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'yunlan')
  const people = Array.from({ length: 25 }, (_, i) => i + 1)
  await shop.collect({
    identities: people.map((i) => ({
      id: `phones ${i}`,
      identities: {
        user_id: `u${i}`,
        phone: i % 5 === 0 ? [`1380000${1000 + i}`, `1390000${1000 + i}`] : `1380000${1000 + i}`,
      },
    })),
    attributes: people.map((i) => ({
      id: `attributes ${i}`,
      time: Date.now() - 300 * day,
      identities: { user_id: `u${i}` },
      set: {
        city: i <= 10 ? '北京' : '上海',
        phone: `座机 ${i}`,
        points: i + 0.25,
        balance: '12345678901234.5678',
        birthday: '1990-05-01',
        seen: '2026-01-01T10:00:00.250Z',
        vip: i % 2 === 0,
        interests: ['茶', '酒'],
        nick: nicks[(i - 1) % nicks.length]!,
        ...(i === 3 ? { only_three: '三' } : {}),
      },
    })),
    events: people.map((i) => ({
      id: `order ${i}`,
      event: 'order.paid',
      time: Date.now() - i * day,
      identities: { user_id: `u${i}` },
      properties: { amount: i * 100 },
    })),
  })
  await shop.save({ kind: 'tag', id: 'city', name: '城市', assign: { value: { attr: 'city' } } })
  await shop.save({
    kind: 'tag',
    id: 'level',
    name: '等级',
    ordered: true,
    only: { did: 'order.paid', get: { sum: 'amount' }, gte: 500 },
    assign: { cut: { did: 'order.paid', get: { sum: 'amount' } }, at: [1000, 2000], values: ['低', '中', '高'] },
  })
  await shop.save({ kind: 'segment', id: '北京高端', name: '北京高端', where: inBeijing })
  await shop.settle()
})
afterAll(() => server?.remove())

const inBeijing = { all: [{ tag: 'city', is: '北京' }, { not: { tag: 'level', is: '低' } }] }
const count = (where: object, asOf?: string) =>
  shop.client.call(contract.countAudience, {
    body: {
      document: { version: 1, kind: 'segment', id: 'draft', name: 'draft', where },
      ...(asOf === undefined ? {} : { asOf }),
    },
  })
const countSaved = (id: string, asOf?: string) =>
  shop.client.call(contract.countAudience, { body: asOf === undefined ? { id } : { id, asOf } })
type Kind = 'segments' | 'lists' | 'tags'
async function members(kind: Kind, id: string, limit: number, value?: string): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined
  do {
    const query = { limit, ...(value === undefined ? {} : { value }), ...(cursor === undefined ? {} : { cursor }) }
    const page = await shop.client.call(contract.listAudienceMembers, { params: { kind, id }, query })
    pages.push(page.items.map(({ identities }) => identities.find((one) => one.kind === 'user_id')!.value))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return pages
}
async function download(kind: Kind, id: string, format: 'csv' | 'ndjson' | 'parquet', value?: string) {
  const query = { format, ...(value === undefined ? {} : { value }) }
  const answer = await shop.client.stream(contract.exportMembers, { params: { kind, id }, query })
  const parts: Uint8Array[] = []
  for await (const part of answer.body) parts.push(part)
  return Buffer.concat(parts)
}
const snapshot = (segment: string, id: string, name = id) =>
  shop.client.call(contract.snapshotSegment, { params: { id: segment }, body: { id, name } })
const lists = async () =>
  (await shop.client.call(catalogue.listDefinitions, { query: { kind: 'list' } })).items.map(({ id }) => id)

describe('a count', () => {
  it('by bitmaps, by the plan, of the saved segment and of its list is one number', async () => {
    const byBitmaps = await count(inBeijing)
    const byPlan = await count(inBeijing, new Date().toISOString())
    const saved = await countSaved('北京高端')
    const savedAsOf = await countSaved('北京高端', new Date().toISOString())
    expect([byBitmaps.answeredBy, byPlan.answeredBy]).toEqual(['bitmaps', 'plan'])
    for (const one of [byBitmaps, byPlan, saved, savedAsOf]) {
      expect(one).toMatchObject({ people: 1, unknown: 4, population: 25 })
    }
    expect((await members('segments', '北京高端', 100)).flat()).toEqual(['u10'])
  })

  it('of what needs events or another moment is made by the plan', async () => {
    const bought = { did: 'order.paid', within: { last: '9d' } }
    expect(await count({ ...bought, gte: 1 })).toMatchObject({ people: 8, answeredBy: 'plan' })
    const before = new Date(Date.now() - 20.5 * day).toISOString()
    expect(await count({ ...bought, gte: 1 }, before)).toMatchObject({ people: 5, answeredBy: 'plan' })
  })

  it('is as old as the tags it was made from, whatever else is stale', async () => {
    await snapshot('北京高端', 'old')
    const { asOf } = await count({ tag: 'city', is: '北京' })
    expect(Date.parse(asOf)).toBeGreaterThan(Date.now() - 600_000)
    const withList = await count({ any: [{ member: { list: 'old' } }, { tag: 'city', is: '北京' }] })
    expect(withList).toMatchObject({ people: 10, answeredBy: 'bitmaps', asOf })
  })

  it('of a drafted tag, of nobody or of nonsense is refused', async () => {
    const document = { version: 1, kind: 'tag', id: 'x', name: 'x', assign: { value: { attr: 'city' } } }
    const ofTag = await refusal(shop.client.call(contract.countAudience, { body: { document } }))
    expect(ofTag).toMatchObject({ code: 'DEFINITION_INVALID', issues: [{ pointer: '/kind' }] })
    expect(await refusal(countSaved('nobody'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(countSaved('city'))).toMatchObject({ code: 'NOT_FOUND' })
    const unknown = await refusal(count({ tag: 'ciyt', is: '北京' }))
    expect(unknown.issues).toMatchObject([{ pointer: '/where/tag', didYouMean: 'city' }])
  })
})

describe('members', () => {
  it('come by page, each once, in a fixed order', async () => {
    const pages = await members('tags', 'city', 4, '北京')
    expect(pages.map((page) => page.length)).toEqual([4, 4, 2])
    expect(pages.flat()).toEqual(Array.from({ length: 10 }, (_, i) => `u${i + 1}`))
    expect(await members('tags', 'city', 5, '北京')).toHaveLength(2)
    expect((await members('tags', 'city', 1000)).flat()).toHaveLength(25)
  })

  it('are shown as the workspace reads them', async () => {
    const { items } = await shop.client.call(contract.listAudienceMembers, {
      params: { kind: 'tags', id: 'city' },
      query: { limit: 5 },
    })
    const fifth = items[4]!
    expect(fifth.identities.map(({ kind, value }) => `${kind}:${value}`).sort()).toEqual([
      'phone:13800001005',
      'phone:13900001005',
      'user_id:u5',
    ])
    expect(fifth.attributes).toMatchObject({
      city: '北京',
      points: 5.25,
      balance: '12345678901234.5678',
      birthday: '1990-05-01',
      seen: '2026-01-01T10:00:00.250Z',
      vip: false,
      interests: ['茶', '酒'],
      phone: '座机 5',
    })
    expect(fifth.attributes).not.toHaveProperty('only_three')
  })

  it('of what does not exist, or was never computed, are refused', async () => {
    const list = (kind: Kind, id: string, value?: string) =>
      refusal(
        shop.client.call(contract.listAudienceMembers, {
          params: { kind, id },
          query: value === undefined ? {} : { value },
        }),
      )
    expect(await list('segments', 'nobody')).toMatchObject({ code: 'NOT_FOUND' })
    expect(await list('segments', 'city')).toMatchObject({ code: 'NOT_FOUND' })
    expect(await list('lists', 'city')).toMatchObject({ code: 'NOT_FOUND' })
    expect(await list('tags', 'city', '广州')).toMatchObject({ code: 'NOT_FOUND' })
    expect(await list('tags', 'city', "北京' OR 1=1")).toMatchObject({ code: 'NOT_FOUND' })
    const foreign = await shop.client.call(contract.listAudienceMembers, {
      params: { kind: 'tags', id: 'city' },
      query: { limit: 2, value: '北京' },
    })
    const misused = shop.client.call(contract.listAudienceMembers, {
      params: { kind: 'tags', id: 'level' },
      query: { cursor: foreign.nextCursor! },
    })
    expect(await refusal(misused)).toMatchObject({ code: 'CURSOR_INVALID' })
  })
})

describe('a file of members', () => {
  it('in CSV opens in a spreadsheet and runs nothing', async () => {
    const text = (await download('tags', 'city', 'csv', '北京')).toString('utf8')
    expect(text.startsWith('\uFEFFprofile_id,id.')).toBe(true)
    const file = join(server.dataDirectory, 'members.csv')
    writeFileSync(file, text)
    const rows = await readRows(file)
    expect(rows).toHaveLength(10)
    expect(rows.map((row) => row.nick)).toEqual([
      "'=1+1",
      "'+SUM(A1)",
      "'-2+3+cmd|calc",
      "'@x",
      "'=1",
      '张"三", 女\n换行',
      '-12.5',
      "'=1",
      'plain',
      expect.toSatisfy((cell) => cell === '' || cell === null || cell === undefined),
    ])
    expect(rows[4]).toMatchObject({
      'id.user_id': 'u5',
      'id.phone': '13800001005 13900001005',
      phone: '座机 5',
      birthday: '1990-05-01',
      interests: '茶 酒',
      vip: 'false',
    })
  })

  it('in NDJSON has one document a line', async () => {
    const text = (await download('segments', '北京高端', 'ndjson')).toString('utf8')
    const documents = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(documents).toHaveLength(1)
    expect(documents[0]).toMatchObject({ attributes: { city: '北京', vip: true, points: 10.25 } })
  })

  it('in Parquet keeps numbers, truth values and lists', async () => {
    const file = join(server.dataDirectory, 'members.parquet')
    writeFileSync(file, await download('tags', 'city', 'parquet', '北京'))
    expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1')
    const rows = await readRows(file)
    expect(rows).toHaveLength(10)
    expect(rows[4]).toMatchObject({ 'id.user_id': 'u5', phone: '座机 5', vip: false, nick: '=1' })
    expect(Number(rows[4]!.points)).toBe(5.25)
    expect(rows[4]!.interests).toEqual(['茶', '酒'])
    const database = server.clickhouse.workspace(await readDatabaseName(server.postgres.app, shop.workspaceId))
    const left = await database.query(
      `SELECT name FROM system.tables WHERE database = {database:String} AND name LIKE 'export%'`,
      { params: { database: database.database } },
    )
    expect(left).toEqual([])
  })

  it('of nobody has its columns alone', async () => {
    await shop.save({
      kind: 'segment',
      id: 'nobody',
      name: '无人',
      where: {
        all: [
          { tag: 'city', is: '北京' },
          { tag: 'city', is: '上海' },
        ],
      },
    })
    await shop.settle()
    expect((await download('segments', 'nobody', 'csv')).toString().trim().split('\n')).toHaveLength(1)
    expect((await download('segments', 'nobody', 'ndjson')).toString()).toBe('')
    expect((await download('segments', 'nobody', 'parquet')).subarray(0, 4).toString()).toBe('PAR1')
  })
})

describe('a snapshot', () => {
  it('is a list that no later run changes', async () => {
    expect(await snapshot('北京高端', '三月名单', '三月')).toMatchObject({ id: '三月名单', people: 1 })
    expect(await lists()).toContain('三月名单')
    const shown = await shop.client.call(catalogue.showDefinition, { params: { id: '三月名单' } })
    expect(shown).toMatchObject({ kind: 'list', document: { name: '三月' }, sentence: { zh: '名单“三月”' } })
    await shop.collect({
      attributes: [{ id: 'moved', identities: { user_id: 'u10' }, set: { city: '上海' } }],
    })
    await shop.run()
    expect(await countSaved('北京高端')).toMatchObject({ people: 0 })
    expect((await members('lists', '三月名单', 10)).flat()).toEqual(['u10'])
    for (const asOf of [undefined, new Date().toISOString()]) {
      expect(await count({ member: { list: '三月名单' } }, asOf)).toMatchObject({ people: 1, unknown: 0 })
    }
  })

  it('under a taken name is refused, and can be renamed, used and deleted like any definition', async () => {
    expect(await refusal(snapshot('北京高端', 'city'))).toMatchObject({ code: 'NAME_TAKEN' })
    await snapshot('北京高端', 'again')
    expect(await refusal(snapshot('北京高端', 'again'))).toMatchObject({ code: 'NAME_TAKEN' })
    const params = { id: 'again' }
    await shop.client.call(catalogue.renameDefinition, { params, body: { name: '新名' } })
    expect((await shop.client.call(catalogue.showDefinition, { params })).document.name).toBe('新名')
    await shop.save({ kind: 'segment', id: 'of_list', name: 'x', where: { member: { list: 'again' } } })
    const remove = () => shop.client.call(catalogue.setDefinitionState, { params, body: { state: 'deleted' } })
    expect(await refusal(remove())).toMatchObject({ code: 'IN_USE' })
    await shop.client.call(catalogue.setDefinitionState, { params: { id: 'of_list' }, body: { state: 'deleted' } })
    await remove()
    expect(await snapshot('北京高端', 'again')).toMatchObject({ people: 0 })
    expect(await countSaved('北京高端')).toMatchObject({ people: 0 })
  })

  it('that fails leaves the name free and nothing behind', async () => {
    const database = server.clickhouse.workspace(await readDatabaseName(server.postgres.app, shop.workspaceId))
    await database.command('RENAME TABLE tag_changes TO tag_changes_away')
    expect(await refusal(snapshot('北京高端', 'failed'))).toMatchObject({ code: 'RUN_FAILED', status: 500 })
    expect(await lists()).not.toContain('failed')
    await database.command('RENAME TABLE tag_changes_away TO tag_changes')
    expect(await snapshot('北京高端', 'failed')).toMatchObject({ people: 0 })
    expect(await lists()).toContain('failed')
  })

  it('asked for twice with one key is one list', async () => {
    const ask = () =>
      shop.client.call(contract.snapshotSegment, {
        params: { id: '北京高端' },
        body: { id: 'once', name: 'once' },
        idempotencyKey: 'snapshot-once',
      })
    expect(await ask()).toEqual(await ask())
  })

  it('of the same name by two at once succeeds once', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => refusal(snapshot('北京高端', 'contested'))))
    expect(outcomes.map(({ code }) => code).sort()).toEqual(['NAME_TAKEN', 'NAME_TAKEN', 'it was not refused'])
  })
})

async function readRows(path: string): Promise<Record<string, unknown>[]> {
  const file = await openFile(path)
  const rows: Record<string, unknown>[] = []
  for await (const group of file.rows()) for (const row of group) rows.push(isSourceRow(row) ? row.values : { ...row })
  await file.close()
  return rows
}
