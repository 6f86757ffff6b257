import type { SegmentDefinition } from '../../language/document.js'

/** Audiences a marketer of the demo shop would begin with. */
export const DEMO_SEGMENTS: readonly SegmentDefinition[] = [
  {
    version: 1,
    kind: 'segment',
    id: 'valuable_and_active',
    name: { zh: '高价值且未流失', en: 'valuable and not lost' },
    note: { zh: '会员日专属权益的对象。', en: 'For the benefits of the members day.' },
    where: {
      all: [
        { tag: 'customer_value', is: '高价值客户' },
        { tag: 'lifecycle', isNot: '流失客户' },
      ],
    },
  },
  {
    version: 1,
    kind: 'segment',
    id: 'cart_not_paid',
    name: { zh: '近7天加购未下单', en: 'cart of the last 7 days not ordered' },
    note: { zh: '加购提醒的对象。', en: 'For a reminder of the cart.' },
    where: {
      all: [
        { did: 'cart.added', within: { last: '7d' }, gte: 1 },
        { did: 'order.paid', within: { last: '7d' }, is: 0 },
      ],
    },
  },
  {
    version: 1,
    kind: 'segment',
    id: 'win_back',
    name: { zh: '可短信触达的流失老客', en: 'lost regulars who accept messages' },
    note: {
      zh: '流失、历史净消费满 1000 元、接受短信。',
      en: 'Lost, net spend of 1,000 yuan and more, accepts text messages.',
    },
    where: {
      all: [
        { tag: 'lifecycle', is: '流失客户' },
        { metric: 'spend_ever', gte: 1000 },
        { attr: 'sms_ok', is: true },
      ],
    },
  },
  {
    version: 1,
    kind: 'segment',
    id: 'prospects_yangtze_women',
    name: { zh: '长三角潜在女性客户', en: 'women prospects of the Yangtze delta' },
    note: { zh: '新店开业邀请的对象。', en: 'To be invited to the new store.' },
    where: {
      all: [
        { tag: 'is_prospect', is: '是' },
        { attr: 'gender', is: '女' },
        { attr: 'region', under: '华东/长三角' },
      ],
    },
  },
  {
    version: 1,
    kind: 'segment',
    id: 'large_weak_credit',
    subject: 'organisation',
    name: { zh: '低信用的中大型企业', en: 'larger companies with low credit' },
    note: { zh: '授信复核清单。', en: 'Credit to be looked at again.' },
    where: {
      all: [
        { tag: 'credit_grade_tag', is: '低' },
        { tag: 'org_size', gte: '中型' },
      ],
    },
  },
]
