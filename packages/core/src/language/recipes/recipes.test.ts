import { describe, expect, it } from 'vitest'
import type { Condition, RulesAssign } from '../document.js'
import { parseDefinition } from '../parse.js'
import { expandRecipe } from '../recipe-body.js'
import { resolveDefinition } from '../resolve.js'
import { sentence } from '../sentence.js'
import { buildCatalog } from '../testing/catalog-builder.js'
import { RECIPES, type RecipeName, recipeOf } from './recipes.js'

const [recency, frequency, monetary] = [{ metric: 'r' }, { metric: 'f' }, { metric: 'm' }]
const rulesOf = (use: string, parameters: Record<string, unknown>): RulesAssign['rules'] => {
  const body = expandRecipe({ use, with: parameters })
  return body !== null && 'assign' in body ? (body.assign as RulesAssign).rules : []
}

/** Names every field of the 5 × 5 × 5 cube: what the first true rule says for scores r, f, m (5 is best). */
function nameFor(rules: RulesAssign['rules'], scores: Readonly<Record<string, number>>): string | undefined {
  // Tiers as `cut` counts them: recency is small for the best.
  const tierOf = (metric: string) => (metric === 'r' ? 6 - scores[metric]! : scores[metric]!)
  const holds = (condition: Condition): boolean => {
    if ('all' in condition) return condition.all.every(holds)
    const tail = condition as { is?: number; gte?: number; lte?: number; between?: [number, number] }
    const value =
      'cut' in condition
        ? tierOf((condition.cut as { metric: string }).metric)
        : (condition as { of: { cut: { metric: string } }[] }).of.reduce((sum, one) => sum + tierOf(one.cut.metric), 0)
    if (tail.is !== undefined) return value === tail.is
    if (tail.gte !== undefined) return value >= tail.gte
    if (tail.lte !== undefined) return value <= tail.lte
    return tail.between !== undefined && value >= tail.between[0] && value <= tail.between[1]
  }
  return rules.find((rule) => holds(rule.when))?.value
}

describe('rfm8', () => {
  it('makes the eight combinations against the mean or median of everybody', () => {
    const rules = rulesOf('rfm8', { recency, frequency, monetary, split: 'median' })
    expect(rules).toHaveLength(8)
    expect(new Set(rules.map((rule) => rule.value)).size).toBe(8)
    expect(rules[0]).toEqual({
      value: '重要价值客户',
      when: {
        all: [
          { metric: 'r', lt: { among: [], of: recency, get: 'median' } },
          { metric: 'f', gt: { among: [], of: frequency, get: 'median' } },
          { metric: 'm', gt: { among: [], of: monetary, get: 'median' } },
        ],
      },
    })
  })
})

describe('rfm_grid', () => {
  const map = [
    ['hibernating', [1, 2], [1, 2]],
    ['at_risk', [1, 2], [3, 4]],
    ['cant_lose', [1, 2], [5, 5]],
    ['about_to_sleep', [3, 3], [1, 2]],
    ['need_attention', [3, 3], [3, 3]],
    ['loyal', [3, 4], [4, 5]],
    ['promising', [4, 4], [1, 1]],
    ['new', [5, 5], [1, 1]],
    ['potential', [4, 5], [2, 3]],
    ['champions', [5, 5], [4, 5]],
  ]
  it('names every field by the recency score 6 − tier and the frequency tier', () => {
    const rules = rulesOf('rfm_grid', { recency, frequency, map })
    expect(nameFor(rules, { r: 5, f: 5 })).toBe('champions')
    expect(nameFor(rules, { r: 1, f: 5 })).toBe('cant_lose')
    expect(nameFor(rules, { r: 4, f: 1 })).toBe('promising')
    expect(nameFor(rules, { r: 3, f: 4 })).toBe('loyal')
    for (let r = 1; r <= 5; r++) for (let f = 1; f <= 5; f++) expect(nameFor(rules, { r, f })).toBeDefined()
  })
  it('refuses a map with holes and names that nobody gets', () => {
    const refused = (changed: unknown[]) => {
      const parsed = parseDefinition({
        kind: 'tag',
        id: 'x',
        name: 'x',
        recipe: { use: 'rfm_grid', with: { recency, frequency, map: changed } },
      })
      return parsed.ok ? [] : parsed.issues.map((issue) => `${issue.pointer}: ${issue.message}`)
    }
    expect(refused(map)).toEqual([])
    expect(refused(map.slice(1))).toEqual(['/recipe/with/map: the map leaves 4 of 25 fields without a name'])
    expect(refused([...map, ['late', [5, 5], [5, 5]]])).toEqual([
      '/recipe/with/map/10: "late" is never reached: earlier names cover its fields',
    ])
  })
})

describe('rfm11', () => {
  it('gives one of eleven names to every combination of scores, and uses all of them', () => {
    const rules = rulesOf('rfm11', { recency, frequency, monetary })
    const names = new Set<string | undefined>()
    for (let r = 1; r <= 5; r++) {
      for (let f = 1; f <= 5; f++) for (let m = 1; m <= 5; m++) names.add(nameFor(rules, { r, f, m }))
    }
    expect(names.has(undefined)).toBe(false)
    expect(names.size).toBe(11)
    expect(nameFor(rules, { r: 5, f: 5, m: 4 })).toBe('冠军客户')
    expect(nameFor(rules, { r: 1, f: 1, m: 2 })).toBe('已流失客户')
    expect(nameFor(rules, { r: 5, f: 1, m: 1 })).toBe('新客户')
  })
})

describe('lifecycle', () => {
  it('asks for the lost first, so that a loyal customer who stays away is lost', () => {
    const rules = rulesOf('lifecycle', {
      order: 'order.paid',
      id: 'order_id',
      visit: ['page.viewed'],
      loyalOrders: 4,
      lostDays: 180,
    })
    expect(rules.map((rule) => rule.value)).toEqual(['流失客户', '忠诚客户', '回头客', '新客户', '潜在客户'])
    expect(rules[0]?.when).toEqual({ since: { did: 'order.paid', get: 'lastAt' }, gte: 180 })
    expect(rules[1]?.when).toEqual({ did: 'order.paid', get: { distinct: 'order_id' }, gte: 4 })
    expect(rules[4]?.when).toEqual({ did: ['page.viewed'], gte: 1 })
  })
})

describe('every recipe', () => {
  const catalog = buildCatalog({
    events: {
      'order.paid': { order_id: 'text', amount: 'money', category: 'text', channel: 'text' },
      'page.viewed': { utm_source: 'text', category: 'text' },
      'survey.answered': { question: 'text', score: 'number' },
    },
    attributes: { city: 'text', born: 'date', points: 'number' },
    definitions: [
      { kind: 'metric', id: 'r', name: 'r', value: { since: { did: 'order.paid', get: 'lastAt' } } },
      { kind: 'metric', id: 'f', name: 'f', value: { did: 'order.paid' } },
      { kind: 'metric', id: 'm', name: 'm', value: { did: 'order.paid', get: { sum: 'amount' } } },
      {
        kind: 'tag',
        id: 'level',
        name: 'n',
        ordered: true,
        assign: { cut: { metric: 'f' }, at: [2], values: ['low', 'high'] },
      },
    ],
  })
  const grid = [['all', [1, 5], [1, 5]]]
  const cases: [RecipeName, Record<string, unknown>][] = [
    ['rfm8', { recency, frequency, monetary }],
    ['rfm_grid', { recency, frequency, map: grid }],
    ['rfm11', { recency, frequency, monetary, fit: 'monthly' }],
    ['rfm_tier', { recency, frequency, monetary, values: ['a', 'b', 'c'] }],
    ['lifecycle', { order: 'order.paid', loyalOrders: 4, lostDays: 180 }],
    ['frequency', { orders: frequency }],
    ['spending_power', { average: { did: 'order.paid', get: { avg: 'amount' } }, by: [{ attr: 'city' }] }],
    ['preference', { did: ['order.paid', 'page.viewed'], prop: 'category', weight: { events: { 'order.paid': 5 } } }],
    ['scene', { did: 'order.paid', scenes: [{ value: 'late', when: { clock: 'hour', gte: 20 } }], otherwise: 'day' }],
    ['time_preference', { by: 'weekday', n: 1 }],
    ['channel', { did: 'order.paid', groups: [{ value: 'online', of: ['app', 'web'] }] }],
    ['touch', { did: 'page.viewed', prop: 'utm_source', which: 'last', before: 'order.paid' }],
    ['combine', { rows: { tag: 'level' }, columns: { attr: 'city' }, cells: { high: { 北京: 'x' } }, otherwise: 'y' }],
    ['occasion', { order: 'order.paid', anniversary: { attr: 'born' } }],
    ['abandoned', { begin: 'page.viewed', finish: 'order.paid', wait: '2d' }],
    ['not_again', { did: 'order.paid', after: '30d' }],
    ['survey_scale', { did: 'survey.answered', of: ['q1'], get: 'avg', at: [2, 4], values: ['a', 'b', 'c'] }],
    [
      'ahp',
      {
        criteria: [
          { weight: 0.6, value: monetary },
          { weight: 0.4, value: recency, better: 'low' },
        ],
      },
    ],
    [
      'learned_tree',
      {
        tree: {
          by: { metric: 'f' },
          below: 2,
          yes: { leaf: 'few' },
          no: { by: { attr: 'points' }, below: 10, yes: { leaf: 'few' }, no: { leaf: 'many' }, missing: { leaf: '?' } },
        },
      },
    ],
  ]
  it('is tested here', () => {
    expect(cases.map(([use]) => use).sort()).toEqual(Object.keys(RECIPES).sort())
  })
  it.each(cases)('%s makes a body that resolves and can be said', (use, parameters) => {
    const document = { kind: recipeOf(use).kind, id: 'x', name: 'x', recipe: { use, with: parameters } }
    const parsed = parseDefinition(document)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
    const resolved = resolveDefinition(parsed.definition, catalog)
    expect(resolved.ok ? [] : resolved.issues).toEqual([])
    if (!resolved.ok) return
    const { recipe, ...body } = resolved.definition
    expect(recipe?.use).toBe(use)
    for (const language of ['zh', 'en'] as const) {
      expect(sentence(resolved.definition, catalog, language)).not.toMatch(/undefined|\[object/)
    }
    // The body alone is a document too, and beside its recipe it keeps it.
    expect(parseDefinition(body).ok).toBe(true)
    const both = parseDefinition(resolved.definition)
    expect(both.ok && both.definition.recipe?.use).toBe(use)
  })
  it.each<[RecipeName, Record<string, unknown>, string]>([
    ['frequency', { orders: frequency, values: ['a'] }, '/recipe/with/values: this list needs 2 or more entries'],
    ['frequency', { orders: frequency, at: [5] }, '/recipe/with/values: 1 cuts make 2 tiers, this names 3'],
    ['touch', { did: 'page.viewed', prop: 'utm', which: 'last' }, '/recipe/with/prop: no property "utm"'],
    [
      'combine',
      { rows: { tag: 'level' }, columns: { attr: 'city' }, cells: { hihg: { a: 'x' } } },
      '/recipe/with/cells/hihg: there is no value "hihg", did you mean "high"?',
    ],
    ['occasion', { order: 'order.paid', anniversary: { attr: 'city' } }, '/recipe/with/anniversary: a date is needed'],
    [
      'survey_scale',
      { did: 'survey.answered', score: 'question', at: [1], values: ['a', 'b'] },
      '/recipe/with/score: the answer must be a number',
    ],
    [
      'learned_tree',
      { tree: { by: { attr: 'city' }, below: 1, yes: { leaf: 'a' }, no: { leaf: 'b' } } },
      '/recipe/with/tree/by: a number is needed',
    ],
    [
      'abandoned',
      { begin: 'page.viewd', finish: 'order.paid', wait: '2d' },
      '/recipe/with/begin: no event "page.viewd"',
    ],
    [
      'abandoned',
      { begin: 'page.viewed', finish: 'order.paid', wait: '2m' },
      '/recipe/with/wait: a span is number and unit',
    ],
    [
      'preference',
      { did: 'order.paid', prop: 'category', halflife: '1d' },
      '/recipe/with/halflife: unknown field "halflife"',
    ],
  ])('%s with %j is refused at its parameter', (use, parameters, problem) => {
    const parsed = parseDefinition({ kind: recipeOf(use).kind, id: 'x', name: 'x', recipe: { use, with: parameters } })
    const result = parsed.ok ? resolveDefinition(parsed.definition, catalog) : parsed
    const found = result.ok ? [] : result.issues.map((issue) => `${issue.pointer}: ${issue.message}`)
    expect(found).toContainEqual(expect.stringContaining(problem))
  })
})

describe('what recipes make', () => {
  const bodyOf = (use: string, parameters: Record<string, unknown>) => expandRecipe({ use, with: parameters })
  it('divides the sum of three scores evenly', () => {
    const cuts = (count: number) => {
      const values = Array.from({ length: count }, (_, index) => String(index))
      const body = bodyOf('rfm_tier', { recency, frequency, monetary, values }) as { assign: { at: number[] } }
      return body.assign.at
    }
    expect(cuts(2)).toEqual([9])
    expect(cuts(3)).toEqual([7, 11])
    expect(cuts(4)).toEqual([6, 9, 12])
    expect(cuts(13)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
  })
  it('waits in whole hours, or minutes where hours do not fit, or months', () => {
    const waiting = (after: string) =>
      (bodyOf('not_again', { did: 'o', after }) as { where: { all: object[] } }).where.all[0]
    const since = { did: 'o', get: 'firstAt' }
    expect(waiting('30d')).toEqual({ since, unit: 'hours', gte: 720 })
    expect(waiting('90min')).toEqual({ since, unit: 'minutes', gte: 90 })
    expect(waiting('1q')).toEqual({ since, unit: 'months', gte: 3 })
  })
  it('calls the nodes of a learned tree by their place and sends the missing their own way', () => {
    const tree = { by: frequency, below: 2, yes: { leaf: 'few' }, no: { leaf: 'many' }, missing: { leaf: '?' } }
    expect(bodyOf('learned_tree', { tree })).toEqual({
      root: {
        id: 'all',
        by: frequency,
        split: [
          { id: 'n_m', name: '?', when: { known: false } },
          { id: 'n_y', name: 'few', when: { lt: 2 } },
          { id: 'n_n', name: 'many', other: true },
        ],
      },
    })
  })
  it('combines cells whatever order a database gives their keys back in', () => {
    const cells = { b: { y: '1', x: '2' }, a: { x: '3' } }
    const same = { a: { x: '3' }, b: { x: '2', y: '1' } }
    const tags = { rows: { tag: 'r' }, columns: { tag: 'c' } }
    expect(bodyOf('combine', { ...tags, cells })).toEqual(bodyOf('combine', { ...tags, cells: same }))
  })
  it('makes a tag of several values where it gives several', () => {
    expect(bodyOf('time_preference', {})).toMatchObject({ family: 'multi', assign: { n: 3, atLeast: 10 } })
    expect(bodyOf('time_preference', { n: 1 })).not.toHaveProperty('family')
  })
})
