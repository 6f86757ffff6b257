import type { TagDocument } from './document.js'

/** 行为偏好: what a customer does and likes. */
export const BEHAVIOUR_TAGS: readonly TagDocument[] = [
  {
    version: 1,
    kind: 'tag',
    id: 'intent',
    name: { zh: '购买意向', en: 'purchase intent' },
    note: {
      zh: '目的：抓住临门一脚。近 7 天加购，或问卷回答一个月内购买，为明确；近 14 天浏览 3 次及以上为潜在。',
      en: 'Purpose: the moment before the order. Clear: a cart in the last 7 days or a survey answer "within a month"; possible: 3 looks and more in the last 14 days.',
    },
    theme: '行为偏好',
    ordered: true,
    values: [{ code: '无意向' }, { code: '潜在购买意向' }, { code: '明确购买意向' }],
    assign: {
      rules: [
        {
          value: '明确购买意向',
          when: {
            any: [
              { did: 'cart.added', within: { last: '7d' }, gte: 1 },
              {
                did: 'survey.answered',
                where: {
                  all: [
                    { prop: 'question', is: '购买计划' },
                    { prop: 'answer', is: '一个月内' },
                  ],
                },
                within: { last: '30d' },
                gte: 1,
              },
            ],
          },
        },
        { value: '潜在购买意向', when: { did: 'product.viewed', within: { last: '14d' }, gte: 3 } },
      ],
      otherwise: '无意向',
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'satisfaction',
    name: { zh: '满意度', en: 'satisfaction' },
    note: {
      zh: '目的：先修复再营销。近 90 天投诉、最近一次满意度不高于 2 分、近 180 天评价均分低于 3 为不满意；满意度或评价 4 分及以上为满意。',
      en: 'Purpose: mend before selling. Not satisfied: a complaint in 90 days, a last CSAT of 2 and less, or reviews below 3 in 180 days; satisfied: CSAT or reviews of 4 and more.',
    },
    theme: '行为偏好',
    assign: {
      rules: [
        {
          value: '不满意客户',
          when: {
            any: [
              { did: 'complaint.made', within: { last: '90d' }, gte: 1 },
              { did: 'survey.answered', where: { prop: 'survey', is: 'csat' }, get: { last: 'score' }, lte: 2 },
              { did: 'review.posted', within: { last: '180d' }, get: { avg: 'rating' }, lt: 3 },
            ],
          },
        },
        {
          value: '满意客户',
          when: {
            any: [
              { did: 'survey.answered', where: { prop: 'survey', is: 'csat' }, get: { last: 'score' }, gte: 4 },
              { did: 'review.posted', within: { last: '180d' }, get: { avg: 'rating' }, gte: 4 },
            ],
          },
        },
      ],
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'sharer',
    name: { zh: '分享达人', en: 'keen sharer' },
    note: {
      zh: '目的：口碑与拉新。乐于分享其使用体验的用户：近 90 天分享或评价 3 次及以上。',
      en: 'Purpose: word of mouth. Likes to share her experience: 3 shares or reviews and more in 90 days.',
    },
    theme: '行为偏好',
    assign: {
      rules: [{ value: '是', when: { did: ['share.done', 'review.posted'], within: { last: '90d' }, gte: 3 } }],
      otherwise: '否',
    },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'channels_used',
    name: { zh: '购买渠道', en: 'channels used' },
    note: {
      zh: '目的：选择触达与履约渠道。近一年下过单的全部渠道。',
      en: 'Purpose: how to reach and serve her. Every channel she ordered through in the last year.',
    },
    theme: '行为偏好',
    family: 'multi',
    assign: { value: { did: 'order.paid', get: { values: 'channel' }, within: { last: '365d' } } },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'coupon_taste',
    name: { zh: '优惠券敏感度', en: 'coupon taste' },
    note: {
      zh: '目的：避免给不需要的人发券。近一年用券订单占比：五成及以上高，两成及以上中。',
      en: 'Purpose: no coupons for those who do not need them. Share of orders with a coupon in the last year: half and more is high, a fifth and more is middle.',
    },
    theme: '营销偏好',
    ordered: true,
    only: { metric: 'orders_365d', gte: 2 },
    assign: { cut: { metric: 'coupon_share' }, at: [0.2, 0.5], values: ['低敏感', '中敏感', '高敏感'] },
    refresh: 'daily',
  },
  {
    version: 1,
    kind: 'tag',
    id: 'vip_manual',
    name: { zh: '大客户名单', en: 'key accounts' },
    note: {
      zh: '目的：由客户经理专人维护。人工添加，一年后到期。',
      en: 'Purpose: cared for by a named person. Added by hand, expires after a year.',
    },
    theme: '营销偏好',
    values: [{ code: '大客户' }],
    assign: { given: 'manual', expires: '365d' },
    refresh: 'manual',
  },
]
