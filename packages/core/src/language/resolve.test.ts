import { describe, expect, it } from 'vitest'
import { parseDefinition } from './parse.js'
import { type ResolveResult, resolveDefinition } from './resolve.js'
import { shopCatalog } from './testing/shop.js'

const catalog = shopCatalog()

function resolved(document: object): ResolveResult {
  const parsed = parseDefinition({ id: 'x', name: 'x', ...document })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return resolveDefinition(parsed.definition, catalog)
}
const segment = (where: object) => ({ kind: 'segment', where })
const tag = (assign: object, fields: object = {}) => ({ kind: 'tag', assign, ...fields })

/** `pointer: message` of each problem. */
function problems(document: object): string[] {
  const result = resolved(document)
  return result.ok ? [] : result.issues.map((issue) => `${issue.pointer}: ${issue.message}`)
}

describe('names', () => {
  it.each<[object, string]>([
    [segment({ attr: 'ctiy', is: 'x' }), '/where/attr: no attribute "ctiy" of person, did you mean "city"?'],
    [
      segment({ attr: 'industry', is: 'x' }),
      '/where/attr: attribute "industry" is about organisation, this is about person: reach it with via:',
    ],
    [
      segment({ tag: 'org_size', is: 'x' }),
      '/where/tag: tag "org_size" is about organisation, this is about person: reach it with via:',
    ],
    [segment({ tag: 'spend_90d', is: 'x' }), '/where/tag: "spend_90d" is a metric, no tag: write metric: spend_90d'],
    [segment({ metric: 'spend_90', gt: 1 }), '/where/metric: no metric "spend_90", did you mean "spend_90d"?'],
    [segment({ member: { segment: 'rihc' } }), '/where/member/segment: no segment "rihc", did you mean "rich"?'],
    [segment({ member: { list: 'vip_uplod' } }), '/where/member/list: no list "vip_uplod", did you mean "vip_upload"?'],
    [
      segment({ did: ['order.paid', 'page.veiwed'], gte: 1 }),
      '/where/did/1: no event "page.veiwed", did you mean "page.viewed"?',
    ],
    [
      segment({ did: 'order.paid', get: { sum: 'amont' }, gte: 1 }),
      '/where/get/sum: no property "amont" in order.paid, did you mean "amount"?',
    ],
    [
      segment({ did: ['order.paid', 'order.refunded'], where: { prop: 'channel', is: 'x' }, gte: 1 }),
      '/where/where/prop: "channel" is text in order.paid and number in order.refunded: name events that agree',
    ],
    [
      { ...segment({ attr: 'city', is: 'x' }), subject: 'organization' },
      '/subject: no subject "organization", did you mean "organisation"?',
    ],
    [{ ...segment({ attr: 'city', is: 'x' }), id: 'tier' }, '/id: "tier" is the id of a tag: choose another'],
  ])('%j', (document, problem) => {
    expect(problems(document)).toContain(problem)
  })
})

describe('types', () => {
  it.each<[object, RegExp]>([
    [segment({ attr: 'city', gte: 1 }), /^\/where\/gte: this is text, "gte" does not go with it/],
    [segment({ attr: 'city', is: 3 }), /^\/where\/is: this is text: write '3' between quotes/],
    [segment({ attr: 'vip', is: '是' }), /^\/where\/is: this is true or false/],
    [segment({ attr: 'birthday', gte: '1990' }), /^\/where\/gte: this is a date: write 2026-01-31/],
    [segment({ attr: 'balance', between: [5, 1] }), /^\/where\/between: the first end is above the second/],
    [segment({ attr: 'balance', gt: { attr: 'city' } }), /^\/where\/gt: the left side is a number, this is text/],
    [segment({ attr: 'interests', is: '茶' }), /^\/where\/is: this is a list.*hasAny/],
    [segment({ attr: 'birthday', anniversary: 'ever' }), /^\/where\/anniversary: an anniversary comes every year/],
    [segment({ attr: 'id.phone', startsWith: '139' }), /^\/where\/startsWith: an identity is stored unreadable/],
    [segment({ tag: 'tier', gt: { tag: 'stage' } }), /^\/where\/gt: ranks compare only within one order/],
    [segment({ tag: 'tier', in: ['银卡', '铜卡'] }), /^\/where\/in\/1: tag "tier" has no value "铜卡"/],
    [segment({ did: 'order.paid', get: { sum: 'channel' }, gt: 1 }), /^\/where\/get\/sum: sum does not go with text/],
    [segment({ did: 'order.paid', get: { sum: 'memo' }, gt: 1 }), /^\/where\/get\/sum: sum does not go with text/],
    [
      segment({ did: 'order.paid', get: { sum: 'items.qty' }, gt: 1 }),
      /^\/where\/get\/sum: items.qty is a list of the order's lines: add each: items/,
    ],
    [segment({ since: { metric: 'orders' }, gt: 1 }), /^\/where\/since: since counts from a date, this is a number/],
    [segment({ calc: 'add', of: [{ attr: 'city' }, 1], gt: 1 }), /^\/where\/of\/0: add needs a number, this is text/],
    [segment({ attr: 'balance', default: 'x', gt: 1 }), /^\/where\/default: this is a number/],
    [{ kind: 'metric', value: { attr: 'city' } }, /^\/value: a number is needed here, this is text/],
    [tag({ cut: { attr: 'city' }, at: [1], values: ['a', 'b'] }), /^\/assign\/cut: a cut needs a number/],
    [
      tag({ cut: { attr: 'balance' }, at: [1], by: [{ attr: 'city' }], values: ['a', 'b'] }),
      /^\/assign\/by: fixed cuts are the same for every group/,
    ],
    [tag({ value: { attr: 'interests' } }), /^\/family: a list gives several values: add family: multi/],
    [
      tag(
        { rules: [{ value: '高', when: { attr: 'vip', is: true } }] },
        { values: [{ code: '低' }, { code: '高级' }] },
      ),
      /^\/assign\/rules\/0\/value: "高" is not among values/,
    ],
    [
      {
        kind: 'tag',
        recipe: {
          use: 'rfm8',
          with: { recency: { attr: 'city' }, frequency: { metric: 'orders' }, monetary: { metric: 'spend_90d' } },
        },
      },
      /^\/recipe\/with\/recency: a number is needed here, this is text/,
    ],
  ])('%j', (document, problem) => {
    expect(problems(document)).toContainEqual(expect.stringMatching(problem))
  })
})

it('lets anchors and relations nest two levels deep', () => {
  const anchored = (within: object) => ({ did: 'order.paid', get: 'firstAt', within })
  const two = { after: anchored({ after: anchored({ last: '9d' }) }) }
  const three = { after: anchored(two) }
  expect(problems(segment({ did: 'page.viewed', gte: 1, within: two }))).toEqual([])
  expect(problems(segment({ did: 'page.viewed', gte: 1, within: three }))).toContain(
    '/where/within/after/within/after/within: windows hang on each other two levels deep at most',
  )
})

describe('cycles', () => {
  it('names the way round, through stored definitions', () => {
    const metric = (id: string, uses: string) => ({
      kind: 'metric',
      id,
      name: id,
      value: { calc: 'add', of: [{ metric: uses }, 1] },
    })
    const grown = shopCatalog([metric('a', 'b'), metric('b', 'c'), metric('c', 'orders')])
    const parsed = parseDefinition(metric('c', 'a'))
    const result = parsed.ok ? resolveDefinition(parsed.definition, grown) : parsed
    expect(result.ok ? [] : result.issues.map((issue) => `${issue.pointer}: ${issue.message}`)).toEqual([
      '/value/of/0/metric: this makes a cycle: c → a → b → c',
    ])
  })
})

describe('what this version cannot compute', () => {
  it.each<[object, string]>([
    [segment({ attr: 'reach.sms', is: true }), '/where/attr'],
    [{ kind: 'journey', trigger: { event: 'order.paid' } }, '/kind'],
  ])('%j is refused by name', (document, pointer) => {
    const found = problems(document)
    expect(found).toContainEqual(
      expect.stringMatching(new RegExp(`^${pointer}: NOT_SUPPORTED_YET: .* is not available in this version$`)),
    )
    expect(found.every((problem) => problem.includes('NOT_SUPPORTED_YET'))).toBe(true)
  })
})

it('keeps a former value only where a tag has one value by rules or tiers', () => {
  expect(problems(tag({ value: { attr: 'city' } }, { empty: 'keep' }))).toEqual([
    '/empty: empty: keep is for a tag of one value with rules or tiers',
  ])
  expect(problems(tag({ rules: [{ value: 'a', when: { attr: 'city', known: true } }] }, { empty: 'keep' }))).toEqual([])
})

describe('the whole language', () => {
  it.each<object>([
    segment({
      sequence: [{ did: 'page.viewed' }, { did: 'order.paid', gap: '1d', without: { did: 'order.refunded' } }],
    }),
    segment({ per: 'day', of: { did: 'order.paid' }, gte: 2 }),
    segment({ per: 'month', of: { did: 'order.paid' }, get: 'streak', gte: 2 }),
    segment({ via: 'employer', where: { attr: 'industry', is: '制造' }, gte: 1 }),
    segment({ clock: 'holiday', known: true }),
    segment({ did: 'order.paid', where: { clock: 'hour', gte: 22 }, gte: 1 }),
    segment({ did: 'order.paid', get: { gaps: 'avg' }, gte: 1 }),
    segment({ did: { changes: { tag: 'tier' } }, where: { prop: 'to', is: '金卡' }, gte: 1 }),
    segment({ did: { changes: { attr: 'city' } }, where: { prop: 'from', is: '上海' }, gte: 1 }),
    segment({ did: { changes: { relation: 'employer' } }, where: { prop: 'op', is: 'added' }, gte: 1 }),
    segment({ did: { changes: { list: 'vip_upload' } }, where: { prop: 'to', is: true }, gte: 1 }),
    segment({ tag: 'tier', ago: '30d', is: '金卡' }),
    segment({ tag: 'tier', lt: { tag: 'tier', at: { start: 'month' } } }),
    segment({ member: { segment: 'rich' }, at: { start: 'month' } }),
    segment({ member: { sample: { share: 0.1, seed: 's' } } }),
    segment({ attr: 'birthday', during: { next: '7d' } }),
    segment({ attr: 'birthday', anniversary: { coming: '1w' } }),
    segment({ did: 'order.paid', within: { from: '2026-01-01', to: '2026-02-01' }, gte: 1 }),
    segment({ did: 'order.paid', where: { prop: 'channel', is: { attr: 'city' } }, gte: 1 }),
    segment({ attr: 'city', in: { list: 'big_cities' } }),
    segment({ among: [{ attr: 'city' }], of: { metric: 'orders' }, get: 'mean', gt: 1 }),
    { ...segment({ attr: 'vip', is: true }), take: { top: 10, by: { metric: 'orders' }, per: [{ attr: 'city' }] } },
    tag({ top: 'channel', did: 'order.paid', weight: { sum: 'amount', halfLife: '30d' } }),
    tag({ given: { sql: 'select 1' } }),
    tag({ given: { model: 'churn' } }),
    tag({ given: 'manual' }, { refresh: 'realtime' }),
    tag({ value: { attr: 'city' } }, { values: [{ code: '北京' }], corrections: { keep: '30d' } }),
    {
      kind: 'tree',
      root: {
        id: 'r',
        by: { attr: 'city' },
        split: [
          { id: 'a', when: { is: '北京' } },
          { id: 'b', other: true },
        ],
      },
    },
  ])('%j resolves', (document) => {
    expect(problems(document)).toEqual([])
  })
})

describe('impossible asks', () => {
  it.each<[object, RegExp]>([
    [
      segment({ did: 'order.paid', within: { period: 'double12' }, gte: 1 }),
      /^\/where\/within\/period: no period "double12"/,
    ],
    [
      segment({ did: 'order.paid', within: { from: '2026-02-01', to: '2026-01-01' }, gte: 1 }),
      /^\/where\/within\/to: this window ends before it begins/,
    ],
    [
      segment({ attr: 'birthday', anniversary: { from: '2026-01-01' } }),
      /^\/where\/anniversary: an anniversary comes every year/,
    ],
    [segment({ per: 'event', of: { did: 'order.paid' }, get: 'streak', gte: 2 }), /^\/where\/get: only hours, days/],
    [
      segment({ via: 'employer', where: { cut: { calc: 'add', of: [1, 1] }, at: { method: 'mean' }, is: 2 }, gte: 1 }),
      /^\/where\/where\/at: this is learnt from every organisation/,
    ],
    [
      segment({
        sequence: [
          { did: 'page.viewed', key: 'url' },
          { did: 'order.paid', key: 'amount' },
        ],
      }),
      /^\/where\/sequence\/1\/key: the keys of all steps are compared/,
    ],
    [segment({ tag: 'tier', ago: '1d', at: '2026-01-01', is: '金卡' }), /^\/where\/at: ago and at both set the moment/],
    [segment({ attr: 'id.phone', ago: '1d', known: true }), /^\/where\/ago: an identity has no history/],
    [segment({ did: { changes: { attr: 'city' } }, each: 'items', gte: 1 }), /^\/where\/each: changes have no lines/],
    [
      segment({ attr: 'city', in: { list: 'vip_upload' } }),
      /^\/where\/in\/list: list "vip_upload" holds people, no values/,
    ],
    [
      segment({ member: { list: 'big_cities' } }),
      /^\/where\/member\/list: list "big_cities" holds values, nobody is on it/,
    ],
    [segment({ member: { category: '价值' } }), /^\/where\/member\/category: no category "价值"/],
    [segment({ member: { node: 'value_tree/high' } }), /^\/where\/member\/node: no tree "value_tree"/],
    [
      segment({ member: { sample: { share: 0.1, seed: 's' } }, ago: '1d' }),
      /^\/where\/ago: a sample is the same at every moment/,
    ],
    [
      segment({ did: 'page.viewed', where: { prop: 'url.title', is: 'x' }, gte: 1 }),
      /^\/where\/where\/prop: "url" names no item of a catalogue/,
    ],
  ])('%j', (document, problem) => {
    expect(problems(document)).toContainEqual(expect.stringMatching(problem))
  })
})

it('asks for the history of a segment, also of one that is refreshed by hand', () => {
  const where = { did: { changes: { segment: 'by_hand' } }, gte: 1 }
  const grown = shopCatalog([
    { kind: 'segment', id: 'by_hand', name: 'n', refresh: 'manual', where: { attr: 'vip', is: true } },
  ])
  const parsed = parseDefinition({ id: 'x', name: 'n', ...segment(where) })
  expect(parsed.ok && resolveDefinition(parsed.definition, grown)).toMatchObject({ ok: true })
})

it('corrects only values that are codes', () => {
  const issues = (assign: object, more: object = {}) => {
    const parsed = parseDefinition({ id: 'x', name: 'n', ...tag(assign, { corrections: { keep: '30d' }, ...more }) })
    const result = parsed.ok ? resolveDefinition(parsed.definition, shopCatalog()) : parsed
    return result.ok ? [] : result.issues.map(({ pointer }) => pointer)
  }
  const values = [{ code: '北京' }]
  expect(issues({ value: { attr: 'city' } })).toEqual(['/corrections'])
  expect(issues({ value: { attr: 'city' } }, { values })).toEqual([])
  expect(issues({ value: { did: 'order.paid', get: { sum: 'amount' } } }, { values })).toEqual(['/corrections'])
  expect(issues({ value: { did: 'order.paid', get: 'lastAt' } })).toEqual(['/corrections'])
  expect(issues({ rules: [{ value: 'a', when: { attr: 'vip', is: true } }] })).toEqual([])
  expect(issues({ given: 'manual' })).toEqual(['/corrections'])
})

describe('realtime', () => {
  const live = (where: object) => ({ ...segment(where), refresh: 'realtime' })
  it.each<[object, RegExp]>([
    [
      live({ sequence: [{ did: 'page.viewed' }, { did: 'order.paid' }] }),
      /^\/where\/within: in realtime this needs a window of at most 90 days/,
    ],
    [
      live({ per: 'day', of: { did: 'order.paid', within: { last: '91d' } }, gte: 1 }),
      /^\/where\/of\/within: in realtime this needs a window of at most 90 days/,
    ],
    [live({ via: 'employer', gte: 1 }), /^\/where\/via: "employer" leads to many/],
    [
      tag({ top: 'channel', did: 'order.paid', within: { last: '31d' } }, { refresh: 'realtime' }),
      /^\/assign\/within: in realtime this needs a window of at most 30 days/,
    ],
    [
      live({
        did: 'order.paid',
        within: { after: { did: 'page.viewed', get: 'lastAt', within: { after: { attr: 'birthday' } } } },
        gte: 1,
      }),
      /^\/where\/within: realtime follows one anchor/,
    ],
    [
      { ...live({ attr: 'vip', is: true }), take: { random: 10, seed: 's', per: [{ attr: 'city' }] } },
      /^\/take: a snapshot \(take\) is never realtime/,
    ],
    [live({ metric: 'busy', gte: 1 }), /^\/where\/metric: in metric "busy": in realtime this needs a window/],
  ])('%j', (document, problem) => {
    const grown = shopCatalog([
      { kind: 'metric', id: 'busy', name: 'n', value: { per: 'day', of: { did: 'order.paid' }, get: 'max' } },
    ])
    const parsed = parseDefinition({ id: 'x', name: 'n', ...document })
    const result = parsed.ok ? resolveDefinition(parsed.definition, grown) : parsed
    const found = result.ok ? [] : result.issues.map((issue) => `${issue.pointer}: ${issue.message}`)
    expect(found).toContainEqual(expect.stringMatching(problem))
  })

  it('follows what lies inside the limits', () => {
    const fine = live({
      all: [
        { per: 'day', of: { did: 'order.paid', within: { complete: '2mo' } }, gte: 1 },
        { sequence: [{ did: 'page.viewed' }, { did: 'order.paid' }], within: { this: 'quarter' } },
        { did: 'page.viewed', within: { after: { did: 'order.paid', get: 'lastAt' } }, is: 0 },
        { metric: 'spend_90d', gte: 1 },
      ],
    })
    expect(problems(fine)).toEqual([])
  })
})

describe('a definition that resolves', () => {
  it('lists every name it reads, each once', () => {
    const result = resolved(
      tag(
        {
          rules: [
            {
              value: 'a',
              when: {
                all: [
                  {
                    did: ['order.paid', 'page.viewed'],
                    where: { prop: 'amount', gte: { prop: 'list_amount' } },
                    gte: 1,
                  },
                  { did: 'order.paid', is: 0 },
                  { attr: 'city', is: { attr: 'gender' } },
                  { attr: 'id.phone', known: true },
                  { member: { list: 'vip_upload' } },
                ],
              },
            },
            {
              value: 'b',
              when: {
                any: [{ tag: 'tier', is: '金卡' }, { metric: 'orders', gt: 1 }, { member: { segment: 'rich' } }],
              },
            },
          ],
        },
        { only: { metric: 'orders', gte: 1 } },
      ),
    )
    expect(result).toMatchObject({ ok: true, warnings: [] })
    expect(result.ok && result.uses).toEqual({
      events: ['order.paid', 'page.viewed'],
      properties: [
        { event: 'order.paid', name: 'amount' },
        { event: 'order.paid', name: 'list_amount' },
      ],
      attributes: [
        { subject: 'person', key: 'city' },
        { subject: 'person', key: 'gender' },
      ],
      identities: ['phone'],
      tags: ['tier'],
      metrics: ['orders'],
      segments: ['rich'],
      lists: ['vip_upload'],
      trees: [],
      relations: [],
      catalogues: [],
      periods: [],
    })
  })
  it('carries the body of its recipe and stays the recipe', () => {
    const recipe = { use: 'lifecycle', with: { order: 'order.paid', loyalOrders: 4, lostDays: 180 } }
    const result = resolved({ kind: 'tag', recipe })
    expect(result).toMatchObject({ ok: true, definition: { recipe, values: [{ code: '流失客户' }, {}, {}, {}] } })
    const stored = result.ok ? result.definition : {}
    expect(parseDefinition(stored)).toEqual({ ok: true, definition: stored })
    const edited = { ...stored, assign: { rules: [{ value: '流失客户', when: { attr: 'vip', is: true } }] } }
    expect(parseDefinition(edited)).not.toHaveProperty('definition.recipe')
  })
  it('warns of an order nobody knows and of values nobody gets', () => {
    const rules = [{ value: '高', when: { attr: 'vip', is: true } }]
    expect(resolved(tag({ rules }, { ordered: true }))).toMatchObject({ ok: true, warnings: [{ pointer: '/ordered' }] })
    expect(resolved(tag({ rules }, { values: [{ code: '低' }, { code: '高' }] }))).toMatchObject({
      ok: true,
      warnings: [{ pointer: '/values/0', message: 'no rule gives "低"' }],
    })
  })
})
