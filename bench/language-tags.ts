interface Document {
  readonly version: 1
  readonly id: string
  readonly name: string
  readonly kind: 'tag'
  readonly assign: object
  readonly [field: string]: unknown
}

const paid = 'order.paid'

/** Thirty tags as a shop has them: rules, tiers, preferences, buckets, sequences, windows that hang on a moment. */
export function languageTags(): Document[] {
  const tags: [id: string, assign: object, more?: object][] = [
    ['buyer', rules({ yes: { did: paid, gte: 1 } })],
    ['buyer_30d', rules({ yes: { did: paid, within: { last: '30d' }, gte: 1 } })],
    ['visitor_7d', rules({ yes: { did: 'page.viewed', within: { last: '7d' }, gte: 1 } })],
    ['big_order', rules({ yes: { did: paid, where: { prop: 'amount', gte: 800 }, gte: 1 } })],
    ['often', rules({ often: { did: paid, within: { last: '365d' }, gte: 4 }, sometimes: { did: paid, gte: 2 } })],
    [
      'quiet',
      rules({
        lost: { since: { did: paid, get: 'lastAt' }, gte: 180 },
        away: { did: paid, within: { last: '90d' }, is: 0 },
      }),
    ],
    ['app_buyer', rules({ app: { did: paid, where: { prop: 'channel', is: 'app' }, gte: 1 } }, 'other')],
    [
      'north',
      rules({ north: { attr: 'city', in: ['c1', 'c2', 'c3'] }, south: { attr: 'city', in: ['c4', 'c5'] } }, 'rest'),
    ],
    ['grown_up', rules({ young: { since: { attr: 'birthday' }, unit: 'years', lt: 30 } }, 'older')],
    [
      'cart_left',
      rules({
        left: {
          all: [
            { did: 'cart.added', within: { last: '14d' }, gte: 1 },
            { did: paid, within: { after: { did: 'cart.added', get: 'lastAt' } }, is: 0 },
          ],
        },
      }),
    ],
    ['rich_points', rules({ many: { attr: 'points', gte: 4000 }, some: { attr: 'points', gte: 1000 } }, 'few')],
    ['spend_tier', cut({ did: paid, get: { sum: 'amount' } }, 4)],
    ['basket_tier', cut({ did: paid, get: { avg: 'amount' } }, 3)],
    ['count_tier', cut({ did: paid }, 3)],
    ['recency_tier', cut({ since: { did: paid, get: 'lastAt' } }, 5)],
    ['views_tier', cut({ did: 'page.viewed', within: { last: '90d' } }, 3)],
    ['seconds_tier', cut({ did: 'page.viewed', get: { sum: 'seconds' }, within: { last: '180d' } }, 3)],
    [
      'spend_by_city',
      {
        cut: { did: paid, get: { sum: 'amount' } },
        at: { method: 'quantile', n: 2 },
        by: [{ attr: 'city' }],
        values: ['low', 'high'],
      },
    ],
    [
      'above_mean',
      rules({
        above: {
          did: paid,
          get: { sum: 'amount' },
          gt: { among: [], of: { did: paid, get: { sum: 'amount' } }, get: 'mean' },
        },
      }),
    ],
    ['category_pref', { top: 'category', did: 'page.viewed', within: { last: '90d' }, atLeast: 2 }],
    ['channel_pref', { top: 'channel', did: paid, within: { last: '365d' } }],
    ['hour_pref', { top: { clock: 'hour' }, did: 'page.viewed', within: { last: '90d' }, weight: { halfLife: '30d' } }],
    ['last_city', { value: { did: paid, get: { last: 'city' } } }],
    ['first_channel', { value: { did: paid, get: { first: 'channel' } } }],
    ['last_order', { value: { did: paid, get: 'lastAt' } }],
    ['active_days', { value: { did: 'any', get: 'days', within: { last: '90d' } } }],
    [
      'three_months',
      rules({ steady: { per: 'month', of: { did: paid, within: { complete: '3mo' } }, having: { gte: 1 }, is: 3 } }),
    ],
    ['average_gap', { value: { did: paid, get: { gaps: 'avg' } } }],
    [
      'funnel',
      rules({
        done: {
          sequence: [{ did: 'page.viewed' }, { did: 'cart.added' }, { did: paid }],
          total: '7d',
          within: { last: '180d' },
        },
      }),
    ],
    [
      'value_x_often',
      rules(
        {
          star: {
            all: [
              { tag: 'spend_tier', is: 't4' },
              { tag: 'often', is: 'often' },
            ],
          },
          good: { tag: 'spend_tier', in: ['t3', 't4'] },
        },
        'rest',
      ),
    ],
  ]
  return tags.map(([id, assign, more]) => ({ version: 1, kind: 'tag', id, name: id, who: 'everyone', assign, ...more }))
}

function rules(values: Readonly<Record<string, object>>, otherwise?: string): object {
  return {
    rules: Object.entries(values).map(([value, when]) => ({ value, when })),
    ...(otherwise === undefined ? {} : { otherwise }),
  }
}

function cut(value: object, n: number): object {
  return { cut: value, at: { method: 'quantile', n }, values: Array.from({ length: n }, (_, index) => `t${index + 1}`) }
}

/** Twelve conditions over events, attributes and tags. */
export function manyConditions(): object {
  return {
    all: [
      { did: paid, within: { last: '365d' }, gte: 1 },
      { did: paid, get: { sum: 'amount' }, gte: 100 },
      { did: 'page.viewed', within: { last: '180d' }, gte: 1 },
      {
        any: [
          { attr: 'city', in: ['c1', 'c2', 'c3', 'c4', 'c5'] },
          { attr: 'points', gte: 100 },
        ],
      },
      {
        any: [
          { tag: 'spend_tier', in: ['t3', 't4'] },
          { tag: 'often', known: true },
        ],
      },
      { not: { tag: 'quiet', is: 'lost' } },
      { since: { did: paid, get: 'lastAt' }, lt: 300 },
      { did: paid, where: { prop: 'channel', in: ['app', 'web'] }, gte: 1 },
      {
        any: [
          { did: 'cart.added', within: { last: '90d' }, gte: 1 },
          { tag: 'buyer', is: 'yes' },
        ],
      },
      { attr: 'birthday', known: true },
    ],
  }
}

/** A sequence of three steps over all events. */
export function threeSteps(): object {
  return { sequence: [{ did: 'page.viewed' }, { did: 'cart.added', gap: '7d' }, { did: paid, gap: '7d' }] }
}
