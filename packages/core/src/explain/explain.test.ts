import { describe, expect, it } from 'vitest'
import type { EventFact, SubjectFacts } from '../evaluate/facts.js'
import { parseDecimal } from '../kernel/decimal.js'
import { buildCatalog } from '../language/testing/catalog-builder.js'
import { explain } from './explain.js'

const DAY = 86_400_000
/** 20 April 2026, 10:00 in Shanghai. */
const asOf = Date.parse('2026-04-20T10:00:00+08:00')
const catalog = buildCatalog({
  events: { 'order.paid': { amount: 'money' }, 'app.opened': {} },
  attributes: { city: 'text' },
  definitions: [
    {
      kind: 'tag',
      id: 'tier',
      name: { zh: '等级', en: 'tier' },
      ordered: true,
      values: [
        { code: 'silver', name: { zh: '银卡', en: 'silver' } },
        { code: 'gold', name: { zh: '金卡', en: 'gold' } },
        { code: 'platinum', name: { zh: '白金卡', en: 'platinum' } },
      ],
      assign: {
        cut: { did: 'order.paid', get: { sum: 'amount' }, within: { last: '30d' } },
        at: [500, 2000],
        values: ['silver', 'gold', 'platinum'],
      },
    },
    {
      kind: 'tag',
      id: 'activity',
      name: '活跃',
      assign: {
        rules: [
          { value: 'dormant', when: { since: { did: 'app.opened', get: 'lastAt' }, gte: 90 } },
          { value: 'active', when: { did: 'app.opened', within: { last: '30d' }, gte: 2 } },
        ],
        otherwise: 'cooling',
      },
    },
    {
      kind: 'segment',
      id: 'locals',
      name: '北京',
      where: {
        all: [
          { attr: 'city', is: '北京' },
          { did: 'order.paid', gte: 1 },
        ],
      },
    },
  ],
})

let seq = 0n
const event = (name: string, daysAgo: number, amount?: number): EventFact => ({
  event: name,
  ts: asOf - daysAgo * DAY,
  seq: ++seq,
  properties: amount === undefined ? {} : { amount: parseDecimal(amount)! },
  items: [],
})

function person(events: readonly EventFact[], city: string | null = null): SubjectFacts {
  const change = {
    operation: 'set',
    value: { type: 'text', value: city ?? '' },
    ts: asOf - 300 * DAY,
    seq: 0n,
  } as const
  return {
    profile: 1,
    strong: true,
    firstTs: asOf - 400 * DAY,
    events,
    attributes: new Map(city === null ? [] : [['city', [change]]]),
    lists: new Set(),
    identities: new Map(),
  }
}

const why = (id: string, facts: SubjectFacts) =>
  explain(catalog.definitions.get(id)!.body, facts, { catalog, asOf, fits: new Map() })

describe('explain', () => {
  it('says what more is needed for the next rank, until when, and how much is too much', () => {
    const found = why('tier', person([event('order.paid', 17, 300)]))
    expect(found.said).toEqual({ zh: '“银卡”', en: '"silver"' })
    expect(found.counterfacts.map(({ said }) => said)).toMatchInlineSnapshot(`
      [
        {
          "en": "one more "order.paid" (amount from ¥200 to ¥1699.99) before 3 May 2026 makes this person "gold"",
          "zh": "在 2026 年 5 月 3 日之前，再有 1 次 order.paid（amount 在 ¥200 到 ¥1699.99 之间），则变为“金卡”",
        },
        {
          "en": "one more "order.paid" (amount of at least ¥1700) before 3 May 2026 makes this person "platinum"",
          "zh": "在 2026 年 5 月 3 日之前，再有 1 次 order.paid（amount 不低于 ¥1700），则变为“白金卡”",
        },
      ]
    `)
  })

  it('says when silence makes somebody dormant', () => {
    const found = why('activity', person([event('app.opened', 5), event('app.opened', 9), event('app.opened', 37)]))
    expect(found.value).toBe('active')
    expect(found.counterfacts.map(({ said }) => said)).toMatchInlineSnapshot(`
      [
        {
          "en": "silence until 12 May 2026 makes this person "cooling"",
          "zh": "若到 2026 年 5 月 12 日为止没有新的行为和变化，则变为“cooling”",
        },
        {
          "en": "silence until 14 July 2026 makes this person "dormant"",
          "zh": "若到 2026 年 7 月 14 日为止没有新的行为和变化，则变为“dormant”",
        },
      ]
    `)
    expect(found.deciding.events.map(({ seq: one }) => one)).toEqual([seq - 2n, seq - 1n])
    expect(found.since).toEqual({ from: asOf - 5 * DAY + 1, kind: 'exact' })
  })

  it('tells what is missing, and which attribute would decide', () => {
    const found = why('locals', person([event('order.paid', 3, 10)]))
    expect(found.value).toBeNull()
    expect(found.path.parts[0]!.parts[0]!.parts[0]!.missing).toEqual({ zh: '没有“city”', en: '"city" is not set' })
    expect(found.counterfacts.map(({ said }) => said)).toMatchInlineSnapshot(`
      [
        {
          "en": ""city" becoming "北京" brings this person into the segment",
          "zh": "“city”变为“北京”，则进入该人群",
        },
        {
          "en": ""city" becoming something else takes this person out of the segment",
          "zh": "“city”变为其他值，则不属于该人群",
        },
      ]
    `)
  })

  it('puts together events none of which matters alone', () => {
    const orders = [1, 2, 3, 4].map((days) => event('order.paid', days, 10))
    const found = why('locals', person(orders, '北京'))
    expect(found.value).toBe(true)
    expect(found.deciding.events).toEqual([])
    expect(found.deciding.attributes.map(({ key }) => key)).toEqual(['city'])
    expect(found.deciding.groups.map(({ events, enough }) => [events.length, enough.length])).toEqual([[4, 4]])
  })
})
