import { buildCatalog, type CatalogInput } from '../../language/testing/catalog-builder.js'

/** A catalogue in UTC for tests of evaluation. */
export const SMALL_SHOP: CatalogInput = {
  timeZone: 'UTC',
  subjects: ['organisation'],
  events: {
    order: {
      id: 'text',
      amount: 'money',
      city: 'text',
      sku: { type: 'text', catalogue: 'goods' },
      until: 'date',
      tags: 'list',
      'items.sku': { type: 'text', catalogue: 'goods' },
      'items.qty': 'number',
    },
    view: { sku: { type: 'text', catalogue: 'goods' }, category: 'text', seconds: 'number' },
    sent: { properties: { campaign: 'text' }, passive: true },
  },
  attributes: { city: 'text', joined: 'date', points: 'number', hobbies: 'list' },
  attributesOf: { organisation: { industry: 'text' } },
  identityKinds: ['phone'],
  relations: {
    employer: ['person', 'organisation', 'many', 'employs'],
    employs: ['organisation', 'person', 'many'],
    friend: ['person', 'person', 'many'],
  },
  lists: ['vip'],
  valueLists: { cities: ['Lyon', 'Nice'] },
  items: { goods: { brand: 'text', price: 'money' } },
  calendar: {
    '2026-01-01': { kind: 'holiday', holiday: '元旦', promotion: null },
    '2026-01-04': { kind: 'workday', holiday: null, promotion: '年货节' },
  },
  periods: { sale: ['2026-01-10', '2026-01-12'] },
  categories: { value: ['tier', 'hobby'], none: [] },
  definitions: [
    { kind: 'metric', id: 'orders', name: 'n', value: { did: 'order' } },
    {
      kind: 'tag',
      id: 'tier',
      name: 'n',
      ordered: true,
      assign: { cut: { metric: 'orders' }, at: [1, 2], values: ['none', 'some', 'many'] },
    },
    { kind: 'tag', id: 'hobby', name: 'n', family: 'multi', assign: { value: { attr: 'hobbies' } } },
    { kind: 'segment', id: 'buyers', name: 'n', refresh: 'daily', where: { did: 'order', gte: 1 } },
    {
      kind: 'segment',
      id: 'best',
      name: 'n',
      where: { did: 'order', gte: 1 },
      take: { top: 1, by: { metric: 'orders' } },
    },
    {
      kind: 'tree',
      id: 'tree',
      name: 'n',
      root: {
        id: 'all',
        by: { metric: 'orders' },
        split: [
          {
            id: 'buys',
            when: { gte: 1 },
            by: { attr: 'city' },
            split: [
              { id: 'home', when: { is: 'Paris' } },
              { id: 'away', other: true },
            ],
          },
          { id: 'rest', other: true },
        ],
      },
    },
  ],
}

export const smallShop = (definitions: readonly object[] = [], more: CatalogInput = {}) =>
  buildCatalog({ ...SMALL_SHOP, ...more, definitions: [...(SMALL_SHOP.definitions ?? []), ...definitions] })
