import type { Catalog } from '@tagtree/core/catalog/catalog'
import { buildCatalog, withDefinitions } from '@tagtree/core/language/testing/catalog-builder'

/** Time zones with and without summer time, with half hours, and with a day that once was left out. */
export const WORLD_ZONES = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo'] as const

/** What random worlds know by name: every type of property and attribute, with and without a column of its own. */
export function worldCatalog(timeZone: string, definitions: readonly object[]): Catalog {
  const empty = buildCatalog({
    timeZone,
    subjects: ['organisation'],
    events: {
      'order.paid': {
        properties: {
          order_id: 'text',
          amount: 'money',
          city: 'text',
          gift: 'bool',
          due: 'date',
          labels: 'list',
          note: { type: 'text', column: null },
          'items.sku': { type: 'text', catalogue: 'goods' },
          'items.qty': 'number',
          'items.price': 'money',
        },
      },
      'page.viewed': { properties: { city: 'text', seconds: 'number' } },
      'message.sent': { passive: true, properties: { city: 'text' } },
    },
    attributes: {
      city: 'text',
      level: 'text',
      points: 'number',
      birthday: 'date',
      vip: 'bool',
      interests: 'list',
      nick: { type: 'text', column: null },
      'tag.grade': 'text',
      'tag.topics': 'list',
      'tag.mood': 'text',
      'corrected.tier': 'list',
      'corrected.styles': 'list',
    },
    attributesOf: { organisation: { industry: 'text', employees: 'number' } },
    identityKinds: ['phone'],
    lists: ['chosen'],
    valueLists: { brands: ['Acme', 'A100', '上海'] },
    relations: {
      employer: ['person', 'organisation', 'many'],
      employs: ['organisation', 'person', 'many', 'employer'],
      referred_by: ['person', 'person', 'one'],
      referred: ['person', 'person', 'many', 'referred_by'],
    },
    calendar: {
      '2026-01-01': { kind: 'holiday', holiday: '元旦', promotion: null },
      '2026-06-18': { kind: 'workday', holiday: null, promotion: '618' },
      '2026-06-19': { kind: 'restday', holiday: null, promotion: '618' },
      '2026-03-07': { kind: 'workday', holiday: null, promotion: null },
    },
    periods: { spring: ['2026-03-01', '2026-05-31'], later: ['2030-01-01', '2030-01-31'] },
    items: { goods: { brand: 'text', price: 'number' } },
  })
  return withDefinitions(empty, [...BASE_DEFINITIONS, ...definitions])
}

/** Definitions that others can be built on. */
const BASE_DEFINITIONS: readonly object[] = [
  { kind: 'tag', id: 'grade', name: 'grade', ordered: true, values: codes('C', 'B', 'A'), assign: { given: 'manual' } },
  {
    kind: 'tag',
    id: 'topics',
    name: 'topics',
    family: 'multi',
    values: codes('x', 'y', 'z'),
    assign: { given: 'import' },
  },
  { kind: 'tag', id: 'mood', name: 'mood', who: 'everyone', assign: { given: 'manual', expires: '1mo' } },
  { kind: 'metric', id: 'spend', name: 'spend', value: { did: 'order.paid', get: { sum: 'amount' } } },
  { kind: 'metric', id: 'basket', name: 'basket', value: { did: 'order.paid', get: { avg: 'amount' } } },
  {
    kind: 'metric',
    id: 'idle',
    name: 'idle',
    who: 'everyone',
    value: { since: { did: 'any', get: 'lastAt' } },
  },
  {
    kind: 'tag',
    id: 'tier',
    name: 'tier',
    ordered: true,
    only: { metric: 'spend', gt: 0 },
    corrections: { keep: '30d' },
    assign: { cut: { metric: 'spend' }, at: { method: 'quantile', n: 3 }, values: ['low', 'mid', 'high'] },
  },
  {
    kind: 'tag',
    id: 'rank',
    name: 'rank',
    ordered: true,
    empty: 'keep',
    values: codes('low', 'mid', 'high'),
    assign: {
      rules: [
        { value: 'high', when: { attr: 'vip', is: true } },
        { value: 'mid', when: { attr: 'points', gt: 0 } },
        { value: 'low', when: { attr: 'city', known: true } },
      ],
    },
  },
  {
    kind: 'tag',
    id: 'styles',
    name: 'styles',
    family: 'multi',
    values: codes('red', 'blue'),
    corrections: { keep: '1mo' },
    assign: {
      rules: [
        { value: 'red', when: { attr: 'vip', is: true } },
        { value: 'blue', when: { attr: 'points', gt: 0 } },
      ],
    },
  },
  { kind: 'segment', id: 'watched', name: 'watched', refresh: 'daily', where: { attr: 'vip', is: true } },
  {
    kind: 'tree',
    id: 'plan',
    name: 'plan',
    root: {
      id: 'all',
      by: { metric: 'spend' },
      split: [
        {
          id: 'much',
          when: { gte: 100 },
          by: { attr: 'city' },
          split: [
            { id: 'north', when: { is: '北京' } },
            { id: 'elsewhere', other: true },
          ],
        },
        { id: 'some', when: { attr: 'vip', is: true } },
        { id: 'rest', other: true },
      ],
    },
  },
  { kind: 'segment', id: 'recent', name: 'recent', where: { metric: 'idle', lte: 20 } },
]

function codes(...values: string[]): object[] {
  return values.map((code) => ({ code }))
}

/** Columns of the events and attributes tables that the catalogue names, with their types. */
export function worldColumns(
  catalog: Catalog,
): Readonly<Record<'events' | 'attributes' | 'items', Map<string, string>>> {
  const events = new Map<string, string>()
  for (const event of catalog.events.values()) {
    for (const { column, type, item } of event.properties.values()) {
      if (column === null) continue
      const plain = type === 'text' ? 'LowCardinality(Nullable(String))' : PLAIN_TYPES[type]
      events.set(column, item ? `Array(${plain})` : plain)
      if (type === 'list') events.set(`${column}__known`, 'UInt8')
    }
  }
  const attributes = new Map<string, string>()
  for (const { column, type } of [...catalog.attributes.values()].flatMap((entries) => [...entries.values()])) {
    if (column === null) continue
    attributes.set(column, PLAIN_TYPES[type])
    if (type === 'list') attributes.set(`${column}__known`, 'UInt8')
  }
  const items = new Map<string, string>()
  for (const { column, type } of [...catalog.items.values()].flatMap((entry) => [...entry.properties.values()])) {
    if (column !== null) items.set(column, type === 'text' ? 'LowCardinality(Nullable(String))' : PLAIN_TYPES[type])
  }
  return { events, attributes, items }
}

const PLAIN_TYPES = {
  number: 'Nullable(Decimal(18, 4))',
  money: 'Nullable(Decimal(18, 4))',
  text: 'Nullable(String)',
  date: "Nullable(DateTime64(3, 'UTC'))",
  bool: 'Nullable(UInt8)',
  list: 'Array(String)',
} as const
