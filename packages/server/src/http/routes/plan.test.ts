import * as catalogue from '@tagtree/core/contract/catalogue'
import * as plan from '@tagtree/core/contract/plan'
import * as tag from '@tagtree/core/contract/tag'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { startTestServer, type TestServer } from '../../testing/test-server.js'
import { openShop, refusal, type Shop } from '../testing/shop.js'

const day = 86_400_000
let server: TestServer
let shop: Shop

/** Customer i of twelve ordered i - 1 times for 100 yuan, once every ten days until yesterday. */
const facts = () => ({
  events: Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: i }, (_, k) => ({
      id: `order ${i}-${k}`,
      event: 'order.paid',
      time: Date.now() - day - k * 10 * day,
      identities: { user_id: `u${i + 1}` },
      properties: { amount: 100 },
    })),
  ).flat(),
  attributes: Array.from({ length: 12 }, (_, i) => ({
    id: `attributes ${i}`,
    time: Date.now() - 300 * day,
    identities: { user_id: `u${i + 1}` },
    set: { city: i < 8 ? '北京' : '上海', interests: i % 2 ? ['茶', '酒'] : ['茶'] },
  })),
})

const PLAN = `
# 消费 · how much
plan: 1
categories:
  - id: value
    name: { zh: 价值特征, en: Value }
    theme: 价值分层
    categories:
      - id: spending
        name: 消费分层
  - id: basic
    name: 基本信息
metrics:
  - id: spend
    name: 消费
    value: { did: order.paid, get: { sum: amount } }
    unit: money
tags:
  - id: spend_tier # uses what stands below it
    name: { zh: 消费档, en: spending tier }
    category: spending
    ordered: true
    only: { member: { segment: buyers } }
    assign: { cut: { metric: spend }, at: [300, 800], values: [低, 中, 高] }
  - { id: city, name: 城市, category: basic, assign: { value: { attr: city } } }
  - { id: interests, name: 兴趣, category: basic, family: multi, assign: { value: { attr: interests } } }
  - { id: half, name: 上半, category: null, assign: { cut: { metric: spend }, at: { method: median }, values: [下半, 上半] } }
segments:
  - { id: buyers, name: 买家, where: { metric: spend, gt: 0 } }
  - { id: rich, name: 高消费, where: { tag: spend_tier, is: 高 } }
tests:
  - name: 三单即中档
    asOf: 2026-11-01T00:00:00+08:00
    given:
      attributes: { city: 北京 }
      events:
        - { event: order.paid, ago: 3d, with: { amount: 200 } }
        - { event: order.paid, at: 2026-09-30, with: { amount: 150.5 } }
    expect: { spend: 350.5, spend_tier: 中, rich: false, buyers: true, city: 北京, interests: null }
  - name: 无消费者不分档
    asOf: 2026-11-01
    fits: { half: [200] }
    given: { attributes: { interests: [酒, 茶] } }
    expect: { spend_tier: null, spend: 0, half: 下半, interests: [茶, 酒] }
`

const files = (text: string) => [{ name: 'plan.yaml', text }]
const diff = (text: string, options: object = {}, at = shop) =>
  at.client.call(plan.diffPlan, { body: { files: files(text), ...options } })
const apply = (text: string, options: object = {}, at = shop) =>
  at.client.call(plan.applyPlan, { body: { files: files(text), ...options } })
const exported = async (at = shop) => (await at.client.call(plan.exportPlan)).files[0]!.text
const outline = (at = shop) => at.client.call(catalogue.showCatalogue)

beforeAll(async () => {
  server = await startTestServer()
  shop = await openShop(server, 'yunlan')
  await shop.collect(facts())
})
afterAll(() => server?.remove())

describe('a plan file', () => {
  it('is compared with an empty workspace without writing anything', async () => {
    const found = await diff(PLAN)
    expect(found.changes.map(({ action, id }) => `${action} ${id}`)).toEqual(
      ['value', 'spending', 'basic', 'spend', 'spend_tier', 'city', 'interests', 'half', 'buyers', 'rich'].map(
        (id) => `added ${id}`,
      ),
    )
    expect(found.changes.find(({ id }) => id === 'buyers')!.after).toEqual({
      zh: '消费大于 0',
      en: '消费 is more than 0',
    })
    const impacts = new Map(found.impacts.map((impact) => [impact.id, impact]))
    expect(impacts.get('spend_tier')).toMatchObject({
      before: null,
      after: { population: 12, known: 11 },
      changed: 11,
      values: [
        { code: '低', before: 0, after: 2 },
        { code: '中', before: 0, after: 5 },
        { code: '高', before: 0, after: 4 },
      ],
      problem: null,
    })
    expect(impacts.get('interests')!.values).toEqual([
      { code: '茶', before: 0, after: 12, gained: 12, lost: 0 },
      { code: '酒', before: 0, after: 6, gained: 6, lost: 0 },
    ])
    expect(impacts.get('rich')).toMatchObject({ values: [{ code: 'member', before: 0, after: 4 }], moves: [] })
    expect(impacts.get('spend')).toMatchObject({ after: { population: 12, known: 12 }, values: [] })
    expect(found.cost.rows).toBeGreaterThan(0)
    expect(found.tests).toMatchObject({ passed: 2, failed: 0 })
    expect((await outline()).categories).toEqual([])
  })

  it('is applied as one change; applying it again changes nothing', async () => {
    const { base } = await diff(PLAN, { impact: false })
    const first = await apply(PLAN, { base })
    expect(first.changeNo).toEqual(expect.any(String))
    await shop.settle()
    const tree = await outline()
    expect(tree.categories.map(({ id }) => id)).toEqual(['value', 'basic'])
    expect(tree.categories[0]!.categories[0]!.tags[0]).toMatchObject({ id: 'spend_tier', people: 11 })
    expect(tree.categories[1]!.tags.map(({ id }) => id)).toEqual(['city', 'interests'])
    expect(tree.tags.map(({ id }) => id)).toEqual(['half'])
    expect(await apply(PLAN)).toMatchObject({ changeNo: null, changes: [], reordered: [] })
    const { items } = await shop.client.call(catalogue.listCatalogueChanges, {})
    expect(items.map(({ summary }) => summary.verb)).toEqual(['apply'])
  })

  it('comes out as it went in, as one text and as files', async () => {
    const text = await exported()
    expect(text).toContain('    name: { zh: 消费档, en: spending tier }\n    category: spending\n    ordered: true\n')
    expect(await diff(text, { prune: true })).toMatchObject({ changes: [], reordered: [], impacts: [] })
    const split = await shop.client.call(plan.exportPlan, { query: { split: 'true' } })
    expect(split.files.map(({ name }) => name)).toEqual([
      'categories.yaml',
      'metrics.yaml',
      'segments.yaml',
      'tags-value.yaml',
      'tags-basic.yaml',
      'tags-uncategorised.yaml',
    ])
    const again = await shop.client.call(plan.diffPlan, { body: { files: split.files, prune: true } })
    expect(again).toMatchObject({ changes: [], reordered: [] })
  })

  it('shows who moves before a changed one is applied, also where the change is only felt', async () => {
    const changed = PLAN.replace('at: [300, 800]', 'at: [500, 800]').replace('gt: 0', 'gt: 100')
    const found = await diff(changed)
    expect(found.changes).toMatchObject([
      { id: 'spend_tier', action: 'changed', fields: ['assign'], moved: null },
      { id: 'buyers', action: 'changed', fields: ['where'] },
    ])
    expect(found.changes[1]).toMatchObject({ before: { zh: '消费大于 0' }, after: { zh: '消费大于 100' } })
    const [tier, buyers, rich] = found.impacts
    expect(tier).toMatchObject({
      id: 'spend_tier',
      because: [],
      before: { population: 12, known: 11 },
      after: { population: 12, known: 10 },
      changed: 3,
      values: [
        { code: '低', before: 2, after: 3, gained: 2, lost: 1 },
        { code: '中', before: 5, after: 3, gained: 0, lost: 2 },
        { code: '高', before: 4, after: 4, gained: 0, lost: 0 },
      ],
      moves: [
        { from: '中', to: '低', people: 2 },
        { from: '低', to: null, people: 1 },
      ],
    })
    expect(buyers).toMatchObject({ values: [{ code: 'member', before: 11, after: 10, gained: 0, lost: 1 }] })
    expect(rich).toMatchObject({ id: 'rich', because: ['buyers', 'spend_tier'], changed: 1 })
    expect((await diff(PLAN)).changes).toEqual([])
  })

  it('moves, reorders, renames and with prune takes away; one undo brings everything back', async () => {
    const before = await exported()
    const changed = `
categories:
  - { id: basic, name: 基本, categories: [ { id: value, name: { zh: 价值特征, en: Value }, theme: 价值分层 } ] }
tags:
  - { id: interests, name: 兴趣, category: basic, family: multi, assign: { value: { attr: interests } } }
  - { id: city, name: 城市, category: basic, assign: { value: { attr: city } } }
  - { id: half, name: 上半, category: value, assign: { cut: { metric: spend }, at: { method: median }, values: [下半, 上半] } }
metrics:
  - { id: spend, name: 消费, value: { did: order.paid, get: { sum: amount } }, unit: money }
`
    const kept = await diff(changed)
    expect(kept.changes.map(({ id, action }) => `${action} ${id}`)).toEqual([
      'changed basic',
      'kept value',
      'kept half',
    ])
    expect(kept.changes[1]!.moved).toEqual({ from: null, to: 'basic' })
    expect(kept.reordered).toEqual(['basic'])
    const pruned = await diff(changed, { prune: true })
    expect(pruned.changes.filter(({ action }) => action === 'removed').map(({ id }) => id)).toEqual([
      'spending',
      'spend_tier',
      'buyers',
      'rich',
    ])
    expect(pruned.impacts.find(({ id }) => id === 'rich')).toMatchObject({
      before: { population: 12, known: 11 },
      after: null,
      values: [{ code: 'member', before: 4, after: 0, gained: 0, lost: 4 }],
    })
    const { changeNo } = await apply(changed, { prune: true })
    const tree = await outline()
    expect(tree.categories.map(({ id, name }) => [id, name])).toEqual([['basic', '基本']])
    expect(tree.categories[0]!.tags.map(({ id }) => id)).toEqual(['interests', 'city'])
    expect(tree.categories[0]!.categories[0]!.tags.map(({ id }) => id)).toEqual(['half'])
    expect(await apply(changed, { prune: true })).toMatchObject({ changeNo: null })
    await shop.client.call(catalogue.undoCatalogueChange, { params: { changeNo: changeNo! } })
    expect(await exported()).toBe(before)
  })

  it('knows the tags of its categories, and who is moved when a tag moves', async () => {
    const asking = (category: string) => `
segments:
  - { id: placed, name: 有标签者, where: { member: { category: value } } }
tags:
  - { id: spend_tier, name: { zh: 消费档, en: spending tier }, category: ${category}, ordered: true, only: { member: { segment: buyers } },
      assign: { cut: { metric: spend }, at: [300, 800], values: [低, 中, 高] } }
`
    const before = await exported()
    const { changeNo } = await apply(asking('spending'))
    const found = await diff(asking('basic'))
    expect(found.changes).toMatchObject([
      { id: 'spend_tier', action: 'kept', moved: { from: 'spending', to: 'basic' } },
    ])
    expect(found.impacts).toMatchObject([
      { id: 'placed', because: ['value'], values: [{ code: 'member', before: 11, after: 0, gained: 0, lost: 11 }] },
    ])
    await shop.client.call(catalogue.undoCatalogueChange, { params: { changeNo: changeNo! } })
    expect(await exported()).toBe(before)
  })

  it('is refused when the catalogue was changed since the diff', async () => {
    const { base } = await diff(PLAN, { impact: false })
    await shop.client.call(catalogue.renameDefinition, { params: { id: 'city' }, body: { name: '城市' } })
    expect(await refusal(apply(PLAN, { base }))).toMatchObject({ code: 'PLAN_BASE_CHANGED', status: 409 })
    const fresh = await diff(PLAN, { impact: false })
    expect(await apply(PLAN, { base: fresh.base })).toMatchObject({ changeNo: null })
  })

  it('is refused when a test fails, unless tests are to be passed over', async () => {
    const wrong = PLAN.replace('spend_tier: 中', 'spend_tier: 高').replace('at: [300, 800]', 'at: [301, 800]')
    const refused = await refusal(apply(wrong))
    expect(refused).toMatchObject({
      code: 'PLAN_TESTS_FAILED',
      issues: [
        {
          pointer: '/tests/0/expect/spend_tier',
          message: 'plan.yaml:39:29 三单即中档: spend_tier is "中", expected "高"',
        },
      ],
    })
    const tested = await shop.client.call(plan.testPlan, { body: { files: files(wrong) } })
    expect(tested).toMatchObject({ passed: 1, failed: 1 })
    expect(tested.tests[0]!.checks.find(({ passed }) => !passed)).toMatchObject({
      definition: 'spend_tier',
      expected: '高',
      got: '中',
      sentence: { zh: expect.stringContaining('消费') },
    })
    const { changeNo } = await apply(wrong, { skipTests: true })
    await shop.client.call(catalogue.undoCatalogueChange, { params: { changeNo: changeNo! } })
  })

  it('uses the cuts of the workspace where a test states none, and says which are missing', async () => {
    await shop.settle()
    const tests = (expected: string, median = '') => `
tags:
  - { id: half, name: 上半, category: null, assign: { cut: { metric: spend }, at: { method: median }, values: [下半, 上半] } }
tests:
  - { name: a, asOf: 2026-11-01, ${median} given: { events: [ { event: order.paid, ago: 1d, with: { amount: 9999 } } ] }, expect: { half: ${expected} } }
`
    const run = (text: string) => shop.client.call(plan.testPlan, { body: { files: files(text) } })
    expect(await run(tests('上半'))).toMatchObject({ passed: 1 })
    expect(await run(tests('下半', 'fits: { half: { /assign: [ 10000 ] } },'))).toMatchObject({ passed: 1 })
    const changed = tests('上半')
      .replace('[下半, 上半]', '[下, 上]')
      .replace('expect: { half: 上半 }', 'expect: { half: 上 }')
    expect((await run(changed)).tests[0]!.checks[0]).toMatchObject({
      passed: false,
      got: null,
      missingFits: ['half#/assign'],
    })
  })
})

describe('a broken plan file', () => {
  const cases: readonly [string, string, string, RegExp][] = [
    [
      'an unknown name',
      'tags:\n  - id: x\n    name: x\n    assign: { value: { attr: ctiy } }',
      '/tags/0/assign/value/attr',
      /plan\.yaml:4:24 .*city/,
    ],
    [
      'a circle',
      'metrics:\n  - { id: a, name: a, value: { metric: b } }\n  - { id: b, name: b, value: { metric: a } }',
      '/metrics/0/value/metric',
      /plan\.yaml:2:32 .*a → b → a/,
    ],
    [
      'an id twice',
      'metrics:\n  - { id: a, name: a, value: { did: order.paid } }\ntags:\n  - { id: a, name: a, assign: { value: { attr: city } } }',
      '/tags/0/id',
      /twice/,
    ],
    [
      'an id of another kind',
      'segments:\n  - { id: spend, name: a, where: { did: order.paid, gte: 1 } }',
      '/segments/0/id',
      /metric/,
    ],
    [
      'a category nobody has',
      'tags:\n  - { id: a, name: a, category: valeu, assign: { value: { attr: city } } }',
      '/tags/0/category',
      /did you mean "value"/,
    ],
    ['a misspelt section', 'tag:\n  - {}', '/tag', /plan\.yaml:1:1 .*tags/],
    ['a wrong type', 'tags: 5', '/tags', /must be a list/],
    [
      'an unknown event in a test',
      'tests:\n  - { name: t, asOf: 2026-11-01, given: { events: [ { event: order.payd, ago: 1d } ] }, expect: { spend: 1 } }',
      '/tests/0/given/events/0/event',
      /order\.paid/,
    ],
    [
      'an unknown definition in a test',
      'tests:\n  - { name: t, asOf: 2026-11-01, expect: { spent: 1 } }',
      '/tests/0/expect/spent',
      /spend/,
    ],
    [
      'an event without time',
      'tests:\n  - { name: t, asOf: 2026-11-01, given: { events: [ { event: order.paid } ] }, expect: { spend: 1 } }',
      '/tests/0/given/events/0',
      /ago/,
    ],
    ['a file that is no YAML', 'a: [', '', /plan\.yaml:1:/],
    [
      'siblings of one name',
      'categories:\n  - { id: a, name: 同 }\n  - { id: b, name: 同 }',
      '/categories/1/name',
      /同/,
    ],
  ]
  it.each(cases)('%s is refused at its place', async (_what, text, pointer, message) => {
    const refused = await refusal(apply(text))
    expect(refused).toMatchObject({ code: 'PLAN_INVALID', status: 422 })
    expect(refused.issues).toContainEqual(expect.objectContaining({ pointer, message: expect.stringMatching(message) }))
  })

  it('of ten megabytes is refused at once', async () => {
    const begun = performance.now()
    expect(await refusal(diff(`a: ${'x'.repeat(10_000_000)}`))).toMatchObject({ code: 'PLAN_TOO_LARGE', status: 413 })
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  it('changes nothing when only its last definition is wrong', async () => {
    const before = await exported()
    const text = `${PLAN}\ntrees: []\n`
      .replace('gt: 0', 'gt: 5')
      .replace('{ tag: spend_tier, is: 高 }', '{ tag: spend_teir, is: 高 }')
    expect((await refusal(apply(text))).code).toBe('PLAN_INVALID')
    expect(await exported()).toBe(before)
  })
})

describe('in another workspace with the same data', () => {
  it('gives the same tree and counts', async () => {
    const other = await openShop(server, 'second')
    await other.collect(facts())
    await apply(await exported(), {}, other)
    await shop.run()
    await other.settle()
    const plain = (tree: z.output<typeof catalogue.showCatalogue.response>) => ({ ...tree, name: '', asOf: null })
    expect(plain(await outline(other))).toEqual(plain(await outline()))
    const count = async (at: Shop) => (await at.client.call(tag.showTag, { params: { id: 'rich' } })).values
    expect(await count(other)).toEqual(await count(shop))
    expect(await exported(other)).toBe(await exported())
  })
})
