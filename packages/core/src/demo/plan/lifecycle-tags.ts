import type { TagDocument } from './document.js'

/** 生命周期: where a customer stands on her way with the shop. */
export const LIFECYCLE_TAGS: readonly TagDocument[] = [
  {
    version: 1,
    kind: 'tag',
    id: 'lifecycle',
    name: { zh: '生命周期阶段', en: 'lifecycle stage' },
    note: {
      zh: '目的：按阶段选择目标（首购、复购、忠诚、挽回）。180 天未购买为流失，累计 4 单及以上为忠诚。',
      en: 'Purpose: the aim for each stage (first order, again, loyal, won back). 180 days without an order is lost; 4 orders and more are loyal.',
    },
    theme: '生命周期',
    recipe: {
      use: 'lifecycle',
      with: {
        order: 'order.paid',
        id: 'order_id',
        visit: ['page.viewed', 'product.viewed', 'app.opened', 'visit.store'],
        loyalOrders: 4,
        lostDays: 180,
      },
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'is_prospect',
    name: { zh: '潜在客户', en: 'prospect' },
    note: {
      zh: '目的：首购转化。从未下单，近 90 天有浏览、搜索或加购。',
      en: 'Purpose: the first order. Never ordered, but looked, searched or filled a cart in the last 90 days.',
    },
    theme: '生命周期',
    assign: {
      rules: [
        {
          value: '是',
          when: {
            all: [
              { did: 'order.paid', is: 0 },
              { did: ['product.viewed', 'cart.added', 'search.done'], within: { last: '90d' }, gte: 1 },
            ],
          },
        },
      ],
      otherwise: '否',
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'is_loyal',
    name: { zh: '忠诚客户', en: 'loyal customer' },
    note: {
      zh: '目的：会员权益与转介绍。近一年 4 单及以上，且近 90 天仍在购买。',
      en: 'Purpose: benefits and referral. 4 orders and more in the last year, the latest within 90 days.',
    },
    theme: '生命周期',
    assign: {
      rules: [
        {
          value: '是',
          when: {
            all: [
              { metric: 'orders_365d', gte: 4 },
              { did: 'order.paid', within: { last: '90d' }, gte: 1 },
            ],
          },
        },
      ],
      otherwise: '否',
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'brand_loyalty',
    name: { zh: '品牌忠诚度', en: 'brand loyalty' },
    note: {
      zh: '目的：识别口碑人群。近一年 5 单及以上，或推荐过好友且最近一次 NPS 不低于 9 分为忠诚；365 天未购买为流失。',
      en: 'Purpose: who speaks well of us. Loyal: 5 orders and more in a year, or referred a friend with a last NPS of 9 and more; lost: 365 days without an order.',
    },
    theme: '生命周期',
    assign: {
      rules: [
        {
          value: '忠诚客户',
          when: {
            any: [
              { metric: 'orders_365d', gte: 5 },
              {
                all: [
                  { did: 'referral.made', gte: 1 },
                  { did: 'survey.answered', where: { prop: 'survey', is: 'nps' }, get: { last: 'score' }, gte: 9 },
                ],
              },
            ],
          },
        },
        {
          value: '流失客户',
          when: {
            all: [
              { metric: 'orders_ever', gte: 1 },
              { metric: 'recency', gt: 365 },
            ],
          },
        },
        { value: '偶尔购买客户', when: { metric: 'orders_ever', gte: 1 } },
      ],
    },
    refresh: 'daily',
  },
]
