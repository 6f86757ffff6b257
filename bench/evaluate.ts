import { fileURLToPath } from 'node:url'
import { Random } from '@tagtree/core/demo/random'
import { evaluatorOf } from '@tagtree/core/evaluate/evaluate'
import type { EventFact, SubjectFacts } from '@tagtree/core/evaluate/facts'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import { buildCatalog } from '@tagtree/core/language/testing/catalog-builder'
import type { BenchResult } from './measure.js'

const dayMs = 86_400_000
const asOf = Date.UTC(2026, 5, 1)
const leastPerSecond = 20_000

const catalog = buildCatalog({
  events: {
    order: { order_id: 'text', amount: 'money', channel: 'text', 'items.sku': 'text', 'items.qty': 'number' },
    view: { category: 'text' },
  },
  attributes: { city: 'text', points: 'number' },
  definitions: [
    {
      kind: 'tag',
      id: 'rule',
      name: 'a rule of five leaves',
      assign: {
        rules: [
          {
            value: 'wanted',
            when: {
              all: [
                { did: 'view', within: { last: '180d' }, gte: 1 },
                { attr: 'city', in: ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'] },
                { did: 'order', where: { prop: 'amount', gte: 50 }, within: { last: '365d' }, gte: 1 },
                {
                  any: [
                    { since: { did: 'order', get: 'lastAt' }, lt: 60 },
                    { did: 'order', get: { sum: 'amount' }, gte: 500 },
                  ],
                },
              ],
            },
          },
        ],
        otherwise: 'other',
      },
    },
  ],
})

/** How many people one process places by a rule of five leaves in a second, with 25 events each on average. */
export function benchEvaluate(people = 40_000): BenchResult[] {
  const facts = Array.from({ length: people }, (_, index) => person(index + 1))
  const rule = catalog.definitions.get('rule')!.body
  const evaluator = evaluatorOf({ catalog, asOf, fits: new Map() })
  for (const one of facts.slice(0, people / 10)) evaluator.evaluate(rule, one)
  const wanted = new Map<unknown, number>()
  const begun = performance.now()
  for (const one of facts.slice(people / 10)) {
    const value = evaluator.evaluate(rule, one)
    wanted.set(value, (wanted.get(value) ?? 0) + 1)
  }
  const perSecond = Math.round((people * 0.9) / ((performance.now() - begun) / 1000))
  if (wanted.size !== 2) throw new RangeError('the rule tells nobody apart')
  return [
    {
      name: 'in-memory evaluation, 5 leaves, 25 events a person',
      measured: `${perSecond.toLocaleString('en-US')} people/s`,
      target: `≥ ${leastPerSecond.toLocaleString('en-US')} people/s`,
      met: perSecond >= leastPerSecond,
    },
  ]
}

function person(profile: number): SubjectFacts {
  const random = new Random(7, 1, profile)
  const events = Array.from({ length: random.between(0, 50) }, (_, index): EventFact => {
    const isOrder = random.below(3) === 0
    return {
      event: isOrder ? 'order' : 'view',
      ts: asOf - random.below(700 * dayMs),
      seq: BigInt(profile) * 100n + BigInt(index),
      properties: isOrder
        ? { order_id: `o${index}`, amount: parseDecimal(random.below(20_000) / 100), channel: 'web' }
        : { category: `k${random.below(9)}` },
      items: [],
    }
  })
  return {
    profile,
    strong: true,
    firstTs: 0,
    events,
    attributes: new Map([
      [
        'city',
        [{ operation: 'set', value: { type: 'text', value: `c${random.below(10)}` }, ts: 1, seq: BigInt(profile) }],
      ],
    ]),
    lists: new Set(),
    identities: new Map(),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, measured, target } of benchEvaluate()) console.log(`${name}: ${measured} (${target})`)
}
