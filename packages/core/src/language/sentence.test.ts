import { describe, expect, it } from 'vitest'
import type { JourneyDocument } from './document.js'
import { journeySentence } from './journey-sentence.js'
import { parseDefinition } from './parse.js'
import { resolveDefinition } from './resolve.js'
import { resolveJourney } from './resolve-journey.js'
import { sentence } from './sentence.js'
import { shopCatalog } from './testing/shop.js'

const catalog = shopCatalog()

/** Both sentences of a document that must resolve. */
function said(document: object): [zh: string, en: string] {
  const parsed = parseDefinition({ id: 'x', name: 'x', ...document })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const resolved = resolveDefinition(parsed.definition, catalog)
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.issues))
  const sentences: [string, string] = [
    sentence(resolved.definition, catalog, 'zh'),
    sentence(resolved.definition, catalog, 'en'),
  ]
  // A database may give the keys of a stored document back in another order.
  const reordered = keysReversed(resolved.definition) as typeof resolved.definition
  expect([sentence(reordered, catalog, 'zh'), sentence(reordered, catalog, 'en')]).toEqual(sentences)
  return sentences
}

function keysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysReversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, keysReversed(part)]),
  )
}
const who = (where: object) => said({ kind: 'segment', where })
const value = (of: object) => said({ kind: 'metric', value: of })
const tag = (fields: object) => said({ kind: 'tag', ...fields })

describe('conditions', () => {
  it.each([
    [
      { did: 'order.paid', gte: 2, within: { last: '30d' } },
      '近 30 天内支付订单不少于 2 次',
      'paid for an order at least 2 times in the last 30 days',
    ],
    [{ did: 'order.paid', is: 0 }, '没有支付订单', 'never paid for an order'],
    [
      { did: 'order.paid', where: { prop: 'amount', gte: 200 }, within: { complete: '3mo' }, gte: 1 },
      '前 3 个整月内支付订单（金额不低于 200）不少于 1 次',
      'paid for an order where amount is at least 200 at least once in the last 3 complete months',
    ],
    [
      { did: 'order.paid', within: { this: 'month', ago: '1mo' }, between: [2, 5] },
      '上月同期支付订单 2 到 5 次',
      'paid for an order 2 to 5 times in the same part of last month',
    ],
    [{ attr: 'city', in: ['北京', '上海'] }, '城市为“北京”或“上海”', 'city is "北京" or "上海"'],
    [
      {
        all: [
          { attr: 'gender', is: '女' },
          {
            any: [
              { attr: 'vip', is: true },
              { attr: 'balance', gt: 12_000 },
            ],
          },
        ],
      },
      '性别为“女”，且（是否会员为是，或余额大于 12,000）',
      'gender is "女" and (member is yes or balance is more than 12,000)',
    ],
    [{ not: { attr: 'city', known: true } }, '并非（城市有值）', 'not (city is known)'],
    [{ attr: 'birthday', lt: '2000-01-01' }, '生日早于 2000-01-01', 'birthday is before 2000-01-01'],
    [
      { attr: 'birthday', anniversary: { this: 'month' } },
      '生日的周年日在本月',
      'birthday has its anniversary this month',
    ],
    [{ tag: 'tier', gte: '银卡' }, '标签“会员等级”不低于“银卡”', 'tag "membership tier" is at least "银卡"'],
    [{ tag: 'stage', is: '流失客户' }, '标签“生命周期”为“流失客户”', 'tag "life cycle" is "lost customer"'],
    [
      { tag: 'hobby', hasAll: ['茶', 'A级车'] },
      '标签“爱好”同时包含“茶”和“A级车”',
      'tag "爱好" includes "茶" and "A级车"',
    ],
    [{ member: { segment: 'rich' } }, '属于人群“高消费”', 'is in segment "big spenders"'],
    [
      { metric: 'spend_90d', gt: { among: [], of: { metric: 'spend_90d' }, get: 'mean' } },
      '近 90 天消费大于全体近 90 天消费的均值',
      'spend in 90 days is more than the mean of spend in 90 days over everybody',
    ],
    [
      { since: { did: 'order.paid', get: 'lastAt' }, unit: 'hours', gte: 48 },
      '距最近一次支付订单的小时数不低于 48',
      'hours since the last "paid for an order" is at least 48',
    ],
    [
      { did: 'order.paid', get: { last: 'amount' }, nth: 2, gt: { did: 'order.paid', get: { last: 'amount' } } },
      '倒数第 2 次支付订单的金额大于最近一次支付订单的金额',
      'amount of the 2nd last "paid for an order" is more than amount of the last "paid for an order"',
    ],
    [
      { did: ['order.paid', 'page.viewed'], get: 'days', within: { this: 'week' }, gte: 3 },
      '本周支付订单或浏览页面的天数不低于 3',
      'number of days with "paid for an order" or "viewed a page" this week is at least 3',
    ],
  ])('%j', (where, zh, en) => {
    expect(who(where)).toEqual([zh, en])
  })
})

describe('values', () => {
  it.each([
    [
      {
        calc: 'div',
        of: [
          { did: 'order.paid', get: { sum: 'amount' } },
          { calc: 'max', of: [{ metric: 'orders' }, 1] },
        ],
      },
      '支付订单的金额合计 ÷（累计订单数和 1 中的最大值）',
      'total amount of "paid for an order" ÷ (the largest of orders ever and 1)',
    ],
    [{ calc: 'size', of: [{ attr: 'interests' }] }, '兴趣的个数', 'the number of interests'],
    [
      { since: { attr: 'birthday' }, unit: 'years', default: 0 },
      '距生日的年数（缺失时为 0）',
      'years since birthday (0 when missing)',
    ],
    [
      { cut: { metric: 'orders' }, at: { method: 'quantile', n: 5 }, by: [{ attr: 'city' }] },
      '累计订单数的档位（按城市分组，按分位数分 5 档（＞ 分界点入上一档））',
      'tier of orders ever (5 tiers by quantiles within each city (＞ a cut is the tier above))',
    ],
  ])('%j', (of, zh, en) => {
    expect(value(of)).toEqual([zh, en])
  })
})

describe('tags', () => {
  it('says rules in order', () => {
    expect(tag({ assign: { rules: [{ value: '是', when: { did: 'order.paid', gte: 2 } }], otherwise: '否' } })).toEqual(
      ['若支付订单不少于 2 次，则为“是”；否则为“否”', '"是" if paid for an order at least 2 times; otherwise "否"'],
    )
  })
  it('says where fixed and fitted cuts put an equal value', () => {
    const [fixed] = tag({ assign: { cut: { metric: 'spend_90d' }, at: [100, 50_000], values: ['低', '中', '高'] } })
    expect(fixed).toBe('近 90 天消费分 3 档（分界 ≥ 100、≥ 50,000），由低到高：“低”、“中”、“高”')
    const [, fitted] = tag({
      only: { metric: 'orders', gte: 1 },
      assign: {
        cut: { metric: 'spend_90d' },
        at: { method: 'share', probs: [0.8, 0.95], fit: 'monthly' },
        values: ['C', 'B', 'A'],
      },
    })
    expect(fitted).toBe(
      'only where orders ever is at least 1: spend in 90 days in 3 tiers by running share (80%, 95%) (＞ a cut is the tier above), cut anew every month, from low to high: "C", "B", "A"',
    )
  })
  it('says a recipe as a whole', () => {
    const [zh] = tag({
      recipe: {
        use: 'rfm8',
        with: {
          recency: { metric: 'recency' },
          frequency: { metric: 'orders' },
          monetary: { metric: 'spend_90d' },
          split: 'median',
        },
      },
    })
    expect(zh).toBe('按距上次购买天数、累计订单数、近 90 天消费各自高于或不高于全体中位数，分为 8 群')
  })
  it('says copied and given values', () => {
    expect(tag({ assign: { value: { attr: 'city' } } })).toEqual(['等于城市', 'equals city'])
    expect(tag({ assign: { given: 'manual', expires: '30d' } })).toEqual([
      '由人工给出，30 天后失效',
      'given by hand, for 30 days',
    ])
  })
})

it('never glues Chinese to letters or digits outside of names', () => {
  const [zh] = who({ did: 'order.paid', where: { prop: 'channel', is: 'APP端3' }, within: { last: '7d' }, gte: 1 })
  expect(zh).toBe('近 7 天内支付订单（渠道为“APP端3”）不少于 1 次')
})

describe('the rest of the language', () => {
  it.each<[object, string, string]>([
    [
      {
        sequence: [{ did: 'page.viewed', key: 'url' }],
        notThen: { did: 'order.paid', key: 'channel', within: '1d' },
        within: { last: '7d' },
      },
      '近 7 天内浏览页面（同一 url），之后 1 天内没有支付订单',
      'viewed a page (the same url), not followed by paid for an order within 1 day in the last 7 days',
    ],
    [
      { per: 'day', of: { did: 'order.paid', within: { last: '90d' } }, having: { gte: 2 }, gte: 3 },
      '按天统计近 90 天内支付订单的次数，其中不低于 2 的天数不低于 3',
      'number of days (where number of "paid for an order" in the last 90 days is at least 2) is at least 3',
    ],
    [
      { did: 'order.paid', within: { from: { did: 'page.viewed', get: 'firstAt' }, skip: '7d', for: '1d' }, gte: 1 },
      '首次浏览页面的时间起满 7 天后的 1 天内支付订单不少于 1 次',
      'paid for an order at least once within 1 day beginning 7 days from the first "viewed a page"',
    ],
    [
      { did: 'order.paid', where: { prop: 'channel', isNot: { attr: 'city' } }, gte: 1 },
      '支付订单（渠道不为本人的城市）不少于 1 次',
      'paid for an order where channel is not her own city at least once',
    ],
    [
      { did: { changes: { tag: 'tier' } }, where: { prop: 'to', is: '金卡' }, gte: 1 },
      '“会员等级”变更（变更后的值为“金卡”）不少于 1 次',
      'had "membership tier" changed where the value after is "金卡" at least once',
    ],
  ])('%j', (where, zh, en) => {
    expect(who(where)).toEqual([zh, en])
  })
  it('tells what a preference weighs', () => {
    const weight = { events: { 'order.paid': 5, 'page.viewed': 1 }, halfLife: '30d' }
    const assign = { top: 'order_id', did: ['order.paid', 'page.viewed'], weight, share: 0.2, atLeast: 5 }
    expect(tag({ assign })).toEqual([
      '支付订单或浏览页面最多的订单号（支付订单按 5 倍计，每 30 天减半，占比不低于 20%，至少 5 条）',
      'the most frequent order number of "paid for an order" or "viewed a page" ("paid for an order" counts 5 times, halved every 30 days, each at least 20% of all, from at least 5)',
    ])
  })
  it('says a journey', () => {
    const parsed = parseDefinition({
      kind: 'journey',
      id: 'j',
      name: 'n',
      trigger: { event: 'order.paid', where: { prop: 'amount', gte: 100 }, if: { attr: 'vip', is: true } },
      waitFor: { event: 'order.refunded', where: { prop: 'order_id', is: { trigger: 'order_id' } }, within: '24h' },
    })
    const journey = (parsed.ok ? parsed.definition : null) as JourneyDocument
    expect(resolveJourney(journey, catalog).issues).toEqual([])
    expect(journeySentence(journey, catalog, 'zh')).toBe(
      '发生支付订单（金额不低于 100）时；仅当是否会员为是；等待 24 小时内退款（order_id 为触发事件的订单号）',
    )
    expect(journeySentence(journey, catalog, 'en')).toBe(
      `when "paid for an order" where amount is at least 100 happens; only if member is yes; wait 24 hours for "got a refund" where order_id is the trigger's order number`,
    )
  })
})
