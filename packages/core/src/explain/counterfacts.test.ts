import { describe, expect, it } from 'vitest'
import type { EventFact, SubjectFacts } from '../evaluate/facts.js'
import { parseDecimal } from '../kernel/decimal.js'
import type { Definition } from '../language/document.js'
import { parseDefinition } from '../language/parse.js'
import { resolveDefinition } from '../language/resolve.js'
import { buildCatalog } from '../language/testing/catalog-builder.js'
import { explain } from './explain.js'

const DAY = 86_400_000
/** Noon of 20 April 2026 in Shanghai. */
const asOf = Date.parse('2026-04-20T12:00:00+08:00')
const catalog = buildCatalog({
  events: {
    'order.paid': { amount: 'money', channel: 'text', 'items.sku': 'text', 'items.qty': 'number' },
    'cart.added': { sku: 'text' },
    'app.opened': {},
  },
  attributes: { city: 'text', points: 'number', interests: 'list' },
  lists: ['vip'],
})

let seq = 0n
const order = (daysAgo: number, properties: Record<string, string | number> = {}): EventFact => ({
  event: 'order.paid',
  ts: asOf - daysAgo * DAY,
  seq: ++seq,
  properties: Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, typeof value === 'number' ? parseDecimal(value) : value]),
  ),
  items: [],
})
const person = (events: readonly EventFact[]): SubjectFacts => ({
  profile: 1,
  strong: true,
  firstTs: asOf - 400 * DAY,
  events,
  attributes: new Map(),
  lists: new Set(),
  identities: new Map(),
})

/** What would change the condition for somebody, in English. */
function changes(where: object, events: readonly EventFact[] = []): readonly string[] {
  return explain(read({ kind: 'segment', id: 's', name: 's', where }), person(events), {
    catalog,
    asOf,
    fits: new Map(),
  }).counterfacts.map(({ said }) => said.en)
}

function read(document: object): Definition {
  const parsed = parseDefinition({ version: 1, ...document })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const resolved = resolveDefinition(parsed.definition, catalog)
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.issues))
  return resolved.definition
}

describe('what would change a condition', () => {
  it.each([
    ['count', { did: 'order.paid', gte: 3, within: { last: '30d' } }, [order(20), order(40)]],
    [
      'count with a test',
      {
        did: 'order.paid',
        where: {
          all: [
            { prop: 'amount', gte: 200 },
            { prop: 'channel', in: ['app', 'web'] },
          ],
        },
        gte: 1,
      },
      [],
    ],
    [
      'sum of lines',
      { did: 'order.paid', each: 'items', where: { prop: 'items.sku', is: 'A100' }, get: { sum: 'items.qty' }, gte: 3 },
      [],
    ],
    ['average', { did: 'order.paid', get: { avg: 'amount' }, gte: 100 }, [order(3, { amount: 50 })]],
    ['distinct', { did: 'order.paid', get: { distinct: 'channel' }, gte: 2 }, [order(3, { channel: 'app' })]],
    ['recency', { since: { did: 'order.paid', get: 'lastAt' }, lte: 30 }, [order(45)]],
    [
      'quotient',
      { calc: 'div', of: [{ did: 'order.paid', get: { sum: 'amount' } }, { did: 'order.paid' }], gte: 100 },
      [order(3, { amount: 60 })],
    ],
    ['last value', { did: 'order.paid', get: { last: 'channel' }, is: 'store' }, [order(3, { channel: 'app' })]],
    ['basket', { did: 'order.paid', where: { prop: 'items.sku', hasAll: ['A100', 'B200'] }, gte: 1 }, []],
    ['list', { member: { list: 'vip' } }, []],
    ['interests', { attr: 'interests', hasAny: ['tea'] }, []],
    [
      'both',
      {
        all: [
          { attr: 'city', is: '北京' },
          { did: 'order.paid', gte: 2 },
        ],
      },
      [order(3)],
    ],
    [
      'sequence',
      { sequence: [{ did: 'cart.added' }, { did: 'order.paid', gap: '7d' }] },
      [{ ...order(2), event: 'cart.added' }],
    ],
    [
      'buckets',
      { per: 'month', of: { did: 'order.paid', within: { last: '365d' } }, having: { gte: 2 }, gte: 1 },
      [order(3)],
    ],
    ['never again', { did: 'order.paid', is: 0, within: { last: '7d' } }, [order(3)]],
  ])('%s', (_name, where, events) => {
    expect(changes(where, events as EventFact[])).toMatchSnapshot()
  })
})
