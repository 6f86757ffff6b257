import { buildCatalog, type CatalogInput } from './catalog-builder.js'

/** A small shop with labels, for tests: what its catalogue has and a few definitions others rest on. */
export const SHOP: CatalogInput = {
  subjects: ['organisation'],
  events: {
    'order.paid': {
      labels: { zh: '支付订单', en: 'paid for an order' },
      properties: {
        order_id: { type: 'text', labels: { zh: '订单号', en: 'order number' } },
        amount: { type: 'money', labels: { zh: '金额', en: 'amount' } },
        list_amount: { type: 'money', labels: { zh: '原价', en: 'list price' } },
        channel: { type: 'text', labels: { zh: '渠道', en: 'channel' } },
        gift: { type: 'bool', labels: { zh: '是否礼品', en: 'gift' } },
        due: { type: 'date', labels: { zh: '约定日期', en: 'due date' } },
        'items.sku': { type: 'text', labels: { zh: '商品', en: 'item' } },
        'items.qty': { type: 'number', labels: { zh: '件数', en: 'quantity' } },
        memo: { type: 'number', labels: '备注', column: null },
      },
    },
    'order.refunded': {
      labels: { zh: '退款', en: 'got a refund' },
      properties: {
        order_id: 'text',
        amount: { type: 'money', labels: { zh: '金额', en: 'amount' } },
        channel: 'number',
      },
    },
    'page.viewed': { labels: { zh: '浏览页面', en: 'viewed a page' }, properties: { url: 'text', aspects: 'list' } },
    'message.delivered': {
      labels: { zh: '收到消息', en: 'got a message' },
      passive: true,
      properties: { campaign: 'text' },
    },
  },
  attributes: {
    city: { type: 'text', labels: { zh: '城市', en: 'city' } },
    gender: { type: 'text', labels: { zh: '性别', en: 'gender' } },
    birthday: { type: 'date', labels: { zh: '生日', en: 'birthday' } },
    balance: { type: 'money', labels: { zh: '余额', en: 'balance' } },
    vip: { type: 'bool', labels: { zh: '是否会员', en: 'member' } },
    interests: { type: 'list', labels: { zh: '兴趣', en: 'interests' } },
  },
  attributesOf: { organisation: { industry: 'text' } },
  identityKinds: ['phone', 'email'],
  relations: { employer: ['person', 'organisation', 'many'] },
  lists: ['vip_upload'],
  valueLists: { big_cities: ['上海', '北京'] },
  definitions: [
    {
      kind: 'metric',
      id: 'spend_90d',
      name: { zh: '近90天消费', en: 'spend in 90 days' },
      unit: 'money',
      value: { did: 'order.paid', get: { sum: 'amount' }, within: { last: '90d' } },
    },
    {
      kind: 'metric',
      id: 'orders',
      name: { zh: '累计订单数', en: 'orders ever' },
      value: { did: 'order.paid', get: { distinct: 'order_id' } },
    },
    {
      kind: 'metric',
      id: 'recency',
      name: { zh: '距上次购买天数', en: 'days since the last order' },
      value: { since: { did: 'order.paid', get: 'lastAt' } },
    },
    {
      kind: 'tag',
      id: 'tier',
      name: { zh: '会员等级', en: 'membership tier' },
      ordered: true,
      assign: { cut: { metric: 'spend_90d' }, at: [1000, 10_000], values: ['普通', '银卡', '金卡'] },
    },
    {
      kind: 'tag',
      id: 'stage',
      name: { zh: '生命周期', en: 'life cycle' },
      recipe: { use: 'lifecycle', with: { order: 'order.paid', id: 'order_id', loyalOrders: 4, lostDays: 180 } },
    },
    { kind: 'tag', id: 'hobby', name: '爱好', family: 'multi', assign: { value: { attr: 'interests' } } },
    {
      kind: 'segment',
      id: 'rich',
      name: { zh: '高消费', en: 'big spenders' },
      where: { metric: 'spend_90d', gte: 2000 },
    },
    { kind: 'tag', id: 'org_size', subject: 'organisation', name: '规模', assign: { given: 'manual' } },
  ],
}

/** Its catalogue, with more definitions when given. */
export const shopCatalog = (definitions: readonly object[] = []) =>
  buildCatalog({ ...SHOP, definitions: [...(SHOP.definitions ?? []), ...definitions] })
