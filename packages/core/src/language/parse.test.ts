import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParsedDefinition } from './document.js'
import { parseDefinition } from './parse.js'
import { resolveDefinition } from './resolve.js'
import { SHOP, shopCatalog } from './testing/shop.js'

const catalog = shopCatalog()

function problems(document: unknown): string[] {
  const result = parseDefinition(document)
  return result.ok ? [] : result.issues.map((issue) => `${issue.pointer}: ${issue.message}`)
}
const segment = (where: unknown) => ({ kind: 'segment', id: 'x', name: 'x', where })
const tag = (fields: object) => ({ kind: 'tag', id: 'x', name: 'x', ...fields })

describe('one error at the place of the slip', () => {
  it.each<[unknown, string]>([
    [
      segment({ all: [{ did: 'order.paid', gte: 2, withn: { last: '30d' } }] }),
      '/where/all/0/withn: unknown field "withn" in "did", did you mean "within"?',
    ],
    [segment({ did: 'order.paid', gtee: 2 }), '/where/gtee: unknown field "gtee" in "did", did you mean "gte"?'],
    [
      segment({ did: 'order.paid', gte: 2, within: '30d' }),
      '/where/within: a window is ever or an object, did you mean { last: 30d }?',
    ],
    [
      segment({ did: 'order.paid', gte: 2, within: { last: '3m' } }),
      '/where/within/last: a span is number and unit (s min h d w mo q y), for example 30d; m is refused: write min or mo',
    ],
    [
      segment({ did: 'order.paid', gte: 2, within: { complete: '3h' } }),
      '/where/within/complete: complete takes whole days, weeks, months, quarters or years, for example 3mo, not "3h"',
    ],
    [
      segment({ did: 'order.paid', gte: 2, within: { last: '3d', this: 'month' } }),
      '/where/within/this: a window has one head, this has last and this',
    ],
    [segment({ did: 'order.paid' }), '/where: this is a value; a condition needs one operator, for example gte: 1'],
    [
      segment({ attr: 'income', gte: 1, lt: 5 }),
      '/where/lt: one operator only, this has gte and lt; use between or all:',
    ],
    [
      segment({ attr: 'city', tag: 'stage', is: 'x' }),
      '/where/tag: a condition has one head, this has attr and tag; join them with all: or any:',
    ],
    [segment({ isNot: 'x' }), '/where/isNot: "isNot" needs a value beside it, for example { attr: city, isNot: … }'],
    [segment({ attr: 'city', in: '北京' }), '/where/in: a list is needed here: write [北京]'],
    [segment({ attr: 'city', is: ['北京'] }), '/where/is: one value is needed here; for a list use in: […]'],
    [segment({ prop: 'amount', gte: 3 }), '/where/prop: "prop" tests one event: write it inside the where: of a did'],
    [
      segment({ did: 'order.paid', where: { tag: 'stage', is: 'x' }, gte: 1 }),
      '/where/where/tag: "tag" speaks of the whole subject, where: tests one event: use prop:, or put it beside the did under all:',
    ],
    [
      segment({ did: 'order.paid', get: 'sum', gte: 1 }),
      '/where/get: get: sum needs a property, for example { sum: amount }',
    ],
    [segment({ did: 'order.paid', nth: 2, gte: 1 }), '/where/nth: nth goes with firstAt, lastAt, first and last'],
    [segment({ calc: 'div', of: [1], gte: 1 }), '/where/of: div takes 2 operands, this has 1'],
    [segment({ attr: 'balance', gt: 123_456_789_012_345 }), '/where/gt: a number has at most 14 digits and 4 decimals'],
    [segment({ attr: 'balance', gt: 0.12345 }), '/where/gt: a number has at most 14 digits and 4 decimals'],
    [segment({ attr: 'balance', known: 'yes' }), '/where/known: known is true or false'],
    [
      tag({ assign: { values: ['a'], cutt: { metric: 'm' }, at: [1] } }),
      '/assign/cutt: unknown head "cutt", did you mean "cut"?',
    ],
    [
      tag({ assign: { cut: { metric: 'm' }, at: [1, 2, 3], values: ['a', 'b', 'c'] } }),
      '/assign/values: 3 cuts make 4 tiers, this names 3',
    ],
    [
      tag({ assign: { cut: { metric: 'm' }, at: [2, 1], values: ['a', 'b', 'c'] } }),
      '/assign/at/1: cuts rise: this one is not above the one before',
    ],
    [
      tag({ assign: { cut: { metric: 'm' }, at: { method: 'quantile' }, values: ['a', 'b'] } }),
      '/assign/at/n: quantile needs n (number of tiers) or probs',
    ],
    [
      tag({ assign: { cut: { metric: 'm' }, at: { method: 'share' }, values: ['a', 'b'] } }),
      '/assign/at/probs: share needs probs, for example [0.8, 0.95]',
    ],
    [
      tag({ assign: { top: 'category', did: 'search.done', n: 3 } }),
      '/family: n: 3 gives several values: add family: multi',
    ],
    [
      tag({ family: 'multi', assign: { cut: { metric: 'm' }, at: [1], values: ['a', 'b'] } }),
      '/family: a cut gives one tier: leave family: multi out',
    ],
    [tag({}), '/assign: "assign" or a recipe is needed'],
    [tag({ recipe: { use: 'rfm9' } }), '/recipe/use: no recipe "rfm9", did you mean "rfm8"?'],
    [
      tag({ recipe: { use: 'rfm8', with: { recency: { metric: 'r' }, frequency: { metric: 'f' }, monetary: 3 } } }),
      '/recipe/with/monetary: a value is needed here, for example { attr: city }',
    ],
    [
      {
        ...segment({ attr: 'vip', is: true }),
        recipe: {
          use: 'rfm8',
          with: { recency: { metric: 'r' }, frequency: { metric: 'f' }, monetary: { metric: 'm' } },
        },
      },
      '/recipe/use: this recipe makes a tag',
    ],
    [
      { ...segment({ attr: 'vip', is: true }), subject: 'organisation', who: 'visitors' },
      '/who: who tells customers from visitors: only for persons',
    ],
    [
      tag({ assign: { given: 'manual' }, refresh: 'dayly' }),
      '/refresh: "dayly" is not one of manual, realtime, hourly, daily, weekly, monthly, did you mean "daily"?',
    ],
    [
      tag({ assign: { given: 'manual' }, refresh: { every: 'week', day: 9 } }),
      '/refresh/day: day is 1–7 (Monday first) of a week or 1–31 of a month',
    ],
    [
      { kind: 'tagg', id: 'x', name: 'x' },
      '/kind: kind is one of tag, segment, metric, tree, journey, not "tagg", did you mean "tag"?',
    ],
    [
      { kind: 'segment', id: 'a b', name: 'x', where: { attr: 'vip', is: true } },
      '/id: an id has no spaces and no slashes',
    ],
    ['x', ': a definition is an object with kind, id and name'],
  ])('%j', (document, problem) => {
    expect(problems(document)).toEqual([problem])
  })
})

describe('forms that are accepted', () => {
  it('reads whole numbers as codes and fills the version in', () => {
    const parsed = parseDefinition(
      tag({ assign: { rules: [{ value: 1, when: { attr: 'vip', is: true } }], otherwise: 0 } }),
    )
    expect(parsed).toMatchObject({
      ok: true,
      definition: { version: 1, assign: { rules: [{ value: '1' }], otherwise: '0' } },
    })
  })
  it('drops fields that are undefined and keeps the rest as written', () => {
    const document = { ...segment({ attr: 'vip', is: true }), version: 1 }
    expect(parseDefinition({ ...document, note: undefined })).toEqual({ ok: true, definition: document })
  })
})

describe('limits', () => {
  it('stops at 32 levels, without ever descending by recursion', () => {
    let deep: unknown = { attr: 'vip', is: true }
    for (let level = 0; level < 100_000; level++) deep = { not: deep }
    expect(problems(segment(deep))[0]).toMatch(/: a definition is at most 32 levels deep$/)
    let lists: unknown = []
    for (let level = 0; level < 100_000; level++) lists = [lists]
    expect(problems(segment(lists))[0]).toMatch(/: a definition is at most 32 levels deep$/)
  })
  it('stops at 2,000 parts, 200 rules, 1,000 literals and 8 steps', () => {
    const many = (count: number) => Array.from({ length: count }, () => ({ attr: 'vip', is: true }))
    expect(problems(segment({ all: many(1990) }))).toEqual([])
    expect(problems(segment({ all: many(2001) }))).toEqual([': a definition has at most 2000 parts'])
    const rules = (count: number) => many(count).map((when) => ({ value: 'a', when }))
    expect(problems(tag({ assign: { rules: rules(200) } }))).toEqual([])
    expect(problems(tag({ assign: { rules: rules(201) } }))).toEqual([
      '/assign/rules: this list has more than 200 entries',
    ])
    const texts = Array.from({ length: 1001 }, (_, index) => `t${index}`)
    expect(problems(segment({ attr: 'city', in: texts }))).toEqual([
      '/where/in: a list has at most 1000 literals: upload it as a list',
    ])
    const steps = Array.from({ length: 9 }, () => ({ did: 'order.paid' }))
    expect(problems(segment({ sequence: steps }))).toEqual(['/where/sequence: this list has more than 8 entries'])
  })
  it('refuses keys that poison objects, and what JSON has not', () => {
    expect(problems(JSON.parse('{"kind":"segment","id":"x","name":"x","where":{"__proto__":{"attr":"vip"}}}'))).toEqual(
      ['/where/__proto__: "__proto__" is not allowed as a field'],
    )
    expect(problems(segment({ attr: 'vip', constructor: 1 }))).toEqual([
      '/where/constructor: "constructor" is not allowed as a field',
    ])
    expect(problems(segment({ attr: 'balance', gt: Number.NaN }))).toEqual(['/where/gt: this is no finite number'])
    expect(problems(segment({ attr: 'balance', gt: JSON.parse('1e400') }))).toEqual([
      '/where/gt: this is no finite number',
    ])
    expect(problems(segment({ attr: 'balance', gt: null }))).toEqual([
      '/where/gt: null has no meaning here: leave the field out',
    ])
    expect(problems(segment(new Date(0)))).toEqual(['/where: this is not plain data'])
    expect(problems(segment({ attr: 'toString', hasOwnProperty: 1 }))[0]).toMatch(/unknown field "hasOwnProperty"/)
    expect(({} as Record<string, unknown>).attr).toBeUndefined()
  })
})

describe('random documents', () => {
  const words = fc.constantFrom(
    ...[
      'did',
      'where',
      'within',
      'get',
      'all',
      'any',
      'not',
      'attr',
      'tag',
      'metric',
      'calc',
      'of',
      'is',
      'gte',
      'in',
      'between',
      'last',
    ],
    ...[
      'cut',
      'at',
      'by',
      'only',
      'among',
      'since',
      'until',
      'member',
      'segment',
      'prop',
      'case',
      'when',
      'value',
      'sequence',
      'via',
      'per',
    ],
  )
  const anything = fc.anything({
    key: words,
    maxDepth: 5,
    withNullPrototype: true,
    withBigInt: true,
    withDate: true,
    withMap: true,
  })

  /** Puts something else somewhere into a document. */
  const mutate = (document: unknown, path: readonly number[], other: unknown): unknown => {
    if (typeof document !== 'object' || document === null || path.length === 0) return other
    const keys = Object.keys(document)
    const key = keys[(path[0] ?? 0) % Math.max(1, keys.length)]
    if (key === undefined) return other
    const changed = mutate((document as Record<string, unknown>)[key], path.slice(1), other)
    return Array.isArray(document)
      ? document.map((entry, index) => (String(index) === key ? changed : entry))
      : { ...document, [key]: changed }
  }
  const corpus: object[] = [
    ...(SHOP.definitions ?? []),
    segment({
      all: [
        {
          did: 'order.paid',
          where: {
            all: [
              { prop: 'amount', gte: 2 },
              { case: [{ when: { prop: 'gift', is: true }, value: 'x' }], is: 'x' },
            ],
          },
          within: { last: '3d' },
          gte: 1,
        },
        { not: { attr: 'city', in: ['a', 'b'] } },
      ],
    }),
    segment({
      calc: 'div',
      of: [{ among: [], of: { metric: 'orders' }, get: { quantile: 0.5 }, only: { attr: 'vip', is: true } }, 2],
      lt: { metric: 'spend_90d' },
    }),
    segment({
      sequence: [{ did: 'page.viewed', key: 'url' }],
      notThen: { did: 'order.paid', key: 'order_id', within: '1d' },
      within: { last: '7d' },
    }),
    {
      kind: 'tree',
      id: 't',
      name: 't',
      root: {
        id: 'r',
        by: { attr: 'city' },
        split: [
          { id: 'a', when: { is: 'x' } },
          { id: 'b', other: true },
        ],
      },
    },
  ]

  it('are answered, never thrown at, and what is accepted says so in both languages', () => {
    const check = (document: unknown) => {
      const parsed = parseDefinition(document)
      const issues = parsed.ok ? resolvedIssues(parsed.definition) : parsed.issues
      for (const issue of issues) {
        expect(issue.message).not.toBe('')
        expect(issue.messageZh).toMatch(/\p{Script=Han}/u)
        expect(issue.pointer === '' || issue.pointer.startsWith('/')).toBe(true)
      }
      // What is accepted is accepted again, unchanged.
      if (parsed.ok) expect(parseDefinition(parsed.definition)).toEqual(parsed)
    }
    const resolvedIssues = (definition: ParsedDefinition) => {
      const result = resolveDefinition(definition, catalog)
      return result.ok ? result.warnings : result.issues
    }
    fc.assert(fc.property(anything, check), { numRuns: 300 })
    fc.assert(
      fc.property(
        fc.constantFrom(...corpus),
        fc.array(fc.nat(20), { maxLength: 9 }),
        fc.oneof(anything, fc.string(), fc.integer(), fc.constantFrom(...corpus)),
        (document, path, other) => check(mutate(document, path, other)),
      ),
      { numRuns: 800 },
    )
  })
})
