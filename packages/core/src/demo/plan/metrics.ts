import type { MetricDefinition } from '../../language/document.js'

/** Numbers that several tags of the demo speak of. */
export const DEMO_METRICS: readonly MetricDefinition[] = [
  {
    version: 1,
    kind: 'metric',
    id: 'spend_30d',
    name: { zh: '近30天累计付费', en: 'paid in the last 30 days' },
    unit: 'money',
    value: { did: 'order.paid', get: { sum: 'amount' }, within: { last: '30d' } },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'spend_90d',
    name: { zh: '近90天累计付费', en: 'paid in the last 90 days' },
    unit: 'money',
    value: { did: 'order.paid', get: { sum: 'amount' }, within: { last: '90d' } },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'spend_ever',
    name: { zh: '历史净消费', en: 'net spend ever' },
    note: { zh: '累计付款减去累计退款', en: 'all payments less all refunds' },
    unit: 'money',
    value: {
      calc: 'sub',
      of: [
        { did: 'order.paid', get: { sum: 'amount' } },
        { did: 'order.refunded', get: { sum: 'amount' } },
      ],
    },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'orders_ever',
    name: { zh: '累计订单数', en: 'orders ever' },
    unit: 'count',
    value: { did: 'order.paid', get: { distinct: 'order_id' } },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'orders_365d',
    name: { zh: '近一年订单数', en: 'orders in the last year' },
    unit: 'count',
    value: { did: 'order.paid', get: { distinct: 'order_id' }, within: { last: '365d' } },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'recency',
    name: { zh: '距上次购买天数', en: 'days since the last order' },
    unit: 'days',
    value: { since: { did: 'order.paid', get: 'lastAt' } },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'aov_365d',
    name: { zh: '近一年客单价', en: 'average order of the last year' },
    unit: 'money',
    value: { did: 'order.paid', get: { avg: 'amount' }, within: { last: '365d' } },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'coupon_share',
    name: { zh: '近一年用券订单占比', en: 'share of orders with a coupon' },
    unit: 'ratio',
    value: {
      calc: 'div',
      of: [
        { did: 'order.paid', where: { prop: 'coupon_kind', known: true }, within: { last: '365d' } },
        { did: 'order.paid', within: { last: '365d' } },
      ],
    },
  },
  {
    version: 1,
    kind: 'metric',
    id: 'age',
    name: { zh: '年龄', en: 'age' },
    unit: 'years',
    value: { since: { attr: 'birthday' }, unit: 'years' },
  },
]
