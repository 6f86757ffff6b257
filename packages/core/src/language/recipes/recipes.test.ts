import { describe, expect, it } from 'vitest'
import type { Condition, RulesAssign } from '../document.js'
import { parseDefinition } from '../parse.js'
import { expandRecipe } from '../recipe-body.js'

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
