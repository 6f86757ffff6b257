import { describe, expect, it } from 'vitest'
import { compile } from '../compile/compile.js'
import { parseDecimal } from '../kernel/decimal.js'
import { buildCatalog } from '../language/testing/catalog-builder.js'
import { evaluate } from './evaluate.js'
import { evaluateWorld } from './evaluate-world.js'
import type { SubjectFacts } from './facts.js'

const asOf = Date.UTC(2026, 0, 31)
const catalog = buildCatalog({
  events: { 'order.paid': { amount: 'money' } },
  definitions: [
    {
      kind: 'tag',
      id: 'tier',
      name: 'n',
      ordered: true,
      assign: {
        cut: { did: 'order.paid', get: { sum: 'amount' } },
        at: { method: 'quantile', n: 2 },
        values: ['low', 'high'],
      },
    },
    { kind: 'segment', id: 'good', name: 'n', where: { tag: 'tier', gte: 'high' } },
  ],
})
const tier = catalog.definitions.get('tier')!.body
const good = catalog.definitions.get('good')!.body

const person = (profile: number, amount: number): SubjectFacts => ({
  profile,
  strong: true,
  firstTs: 0,
  events: [
    { event: 'order.paid', ts: 1, seq: BigInt(profile), properties: { amount: parseDecimal(amount) }, items: [] },
  ],
  attributes: new Map(),
  lists: new Set(),
  identities: new Map(),
})

describe('evaluate', () => {
  it('learns cuts from the whole population', () => {
    const world = evaluateWorld([tier, good], [person(1, 10), person(2, 20), person(3, 30)], { catalog, asOf })
    expect([...world.get('tier')!.values()]).toEqual(['low', 'low', 'high'])
    expect([...world.get('good')!.values()]).toEqual([false, false, true])
  })

  it('places one person by the cuts a run has stored, under the key the compiler gave them', () => {
    const [step] = compile([tier], {
      catalog,
      database: 'ws_0001',
      asOf,
      knownSeq: null,
      excludedImports: [],
      hasSuperseded: false,
      attributes: 'current',
      tags: { mode: 'recompute' },
    }).fits
    const fits = new Map([[step!.key, { groups: [{ key: '', count: 9, values: [String(parseDecimal(25))] }] }]])
    expect(evaluate(tier, person(1, 26), { catalog, asOf, fits })).toBe('high')
    expect(evaluate(good, person(1, 25), { catalog, asOf, fits })).toBe(false)
    expect(evaluate(good, person(1, 25), { catalog, asOf, fits: new Map() })).toBeNull()
  })

  it('knows nobody who is first seen later', () => {
    const later = { ...person(1, 10), firstTs: asOf }
    expect(evaluate(tier, later, { catalog, asOf, fits: new Map() })).toBeNull()
    expect(evaluate(good, later, { catalog, asOf, fits: new Map() })).toBe(false)
  })
})
