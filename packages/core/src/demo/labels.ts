import type { PropertyType } from '../catalog/catalog.js'

/** A name in both languages. */
export interface Label {
  readonly zh: string
  readonly en: string
}
/** What the demo's files bring, as the catalogue shall show it. */
export interface NamedProperty extends Label {
  readonly type: PropertyType
  /** The item catalogue whose items the value names. */
  readonly catalogue?: string
}
export interface NamedEvent extends Label {
  readonly properties: Readonly<Record<string, NamedProperty>>
}

const named = (type: PropertyType, zh: string, en: string): NamedProperty => ({ type, zh, en })

const CHANNEL = named('text', '渠道', 'channel')
const CATEGORY = named('text', '品类', 'category')
const SKU = { ...named('text', '商品', 'article'), catalogue: 'goods' }
const PRICE = named('money', '价格', 'price')
const ORDER_ID = named('text', '订单号', 'order number')
const STORE = named('text', '门店', 'store')
const COUPON_KIND = named('text', '券类型', 'coupon kind')
const COUPON = {
  coupon_id: named('text', '券码', 'coupon'),
  coupon_kind: COUPON_KIND,
  coupon_amount: named('money', '券面额', 'coupon amount'),
}
const TICKET = {
  ticket_id: named('text', '工单号', 'ticket'),
  kind: named('text', '工单类型', 'kind'),
  topic: named('text', '主题', 'topic'),
  priority: named('text', '优先级', 'priority'),
}

/** Every event of the demo with its properties; `items.x` are the lines of an order. */
export const DEMO_EVENTS: Readonly<Record<string, NamedEvent>> = {
  'app.opened': { zh: '打开App', en: 'opened the app', properties: { channel: CHANNEL } },
  'page.viewed': {
    zh: '浏览页面',
    en: 'viewed a page',
    properties: {
      url: named('text', '页面', 'page'),
      utm_source: named('text', '流量来源', 'source'),
      utm_medium: named('text', '流量媒介', 'medium'),
      channel: CHANNEL,
    },
  },
  login: { zh: '登录', en: 'logged in', properties: { city: named('text', '登录城市', 'city'), channel: CHANNEL } },
  'search.done': {
    zh: '搜索',
    en: 'searched',
    properties: { keyword: named('text', '关键词', 'keyword'), category: CATEGORY, channel: CHANNEL },
  },
  'product.viewed': {
    zh: '浏览商品',
    en: 'viewed an article',
    properties: { sku: SKU, category: CATEGORY, price: PRICE, channel: CHANNEL },
  },
  'cart.added': {
    zh: '加入购物车',
    en: 'put into the cart',
    properties: {
      sku: SKU,
      category: CATEGORY,
      price: PRICE,
      qty: named('number', '数量', 'quantity'),
      channel: CHANNEL,
    },
  },
  'wishlist.added': {
    zh: '收藏商品',
    en: 'put on the wish list',
    properties: { sku: SKU, category: CATEGORY, price: PRICE, channel: CHANNEL },
  },
  'share.done': {
    zh: '分享',
    en: 'shared',
    properties: { target: named('text', '分享到', 'target'), sku: SKU, channel: CHANNEL },
  },
  'referral.made': {
    zh: '推荐好友',
    en: 'referred a friend',
    properties: { code: named('text', '推荐码', 'code'), channel: CHANNEL },
  },
  'visit.store': { zh: '到店', en: 'visited a store', properties: { store: STORE, channel: CHANNEL } },
  'review.posted': {
    zh: '发表评价',
    en: 'posted a review',
    properties: {
      order_id: ORDER_ID,
      sku: SKU,
      rating: named('number', '评分', 'rating'),
      text: named('text', '评价内容', 'text'),
      channel: CHANNEL,
    },
  },
  'order.paid': {
    zh: '支付订单',
    en: 'paid for an order',
    properties: {
      order_id: ORDER_ID,
      amount: named('money', '实付金额', 'amount paid'),
      list_amount: named('money', '吊牌金额', 'list amount'),
      discount: named('money', '优惠金额', 'discount'),
      channel: CHANNEL,
      store: STORE,
      city: named('text', '收货城市', 'delivery city'),
      coupon_kind: COUPON_KIND,
      pay_method: named('text', '支付方式', 'payment'),
      'items.sku': SKU,
      'items.name': named('text', '商品名称', 'article name'),
      'items.category': CATEGORY,
      'items.qty': named('number', '件数', 'pieces'),
      'items.list_price': named('money', '吊牌价', 'list price'),
      'items.amount': named('money', '行金额', 'line amount'),
    },
  },
  'order.returned': {
    zh: '申请退货',
    en: 'returned goods',
    properties: {
      return_id: named('text', '退货单号', 'return number'),
      order_id: ORDER_ID,
      sku: SKU,
      qty: named('number', '退货件数', 'pieces'),
      reason: named('text', '退货原因', 'reason'),
      state: named('text', '处理状态', 'state'),
    },
  },
  'order.refunded': {
    zh: '退款',
    en: 'was refunded',
    properties: {
      return_id: named('text', '退货单号', 'return number'),
      order_id: ORDER_ID,
      amount: named('money', '退款金额', 'amount refunded'),
      reason: named('text', '退货原因', 'reason'),
    },
  },
  'coupon.claimed': {
    zh: '领券',
    en: 'claimed a coupon',
    properties: { ...COUPON, expires_at: named('date', '有效期至', 'expires'), channel: CHANNEL },
  },
  'coupon.redeemed': { zh: '用券', en: 'used a coupon', properties: { ...COUPON, order_id: ORDER_ID } },
  'ticket.opened': { zh: '提交工单', en: 'opened a ticket', properties: TICKET },
  'complaint.made': { zh: '投诉', en: 'complained', properties: TICKET },
  'survey.answered': {
    zh: '回答问卷',
    en: 'answered a survey',
    properties: {
      survey: named('text', '问卷', 'survey'),
      question: named('text', '题目', 'question'),
      answer: named('text', '答案', 'answer'),
      score: named('number', '分值', 'score'),
    },
  },
}

/** Every attribute of the demo by subject kind. */
export const DEMO_ATTRIBUTES: Readonly<Record<'person' | 'organisation', Readonly<Record<string, NamedProperty>>>> = {
  person: {
    name: named('text', '姓名', 'name'),
    gender: named('text', '性别', 'gender'),
    birthday: named('date', '生日', 'birthday'),
    province: named('text', '省份', 'province'),
    city: named('text', '城市', 'city'),
    region: named('text', '大区', 'region'),
    registered_at: named('date', '注册时间', 'registered'),
    level: named('text', '会员等级', 'level'),
    points: named('number', '积分', 'points'),
    balance: named('money', '余额', 'balance'),
    occupation: named('text', '职业', 'occupation'),
    income: named('money', '月收入', 'monthly income'),
    education: named('text', '学历', 'education'),
    interests: named('list', '兴趣', 'interests'),
    store: named('text', '常去门店', 'usual store'),
    sms_ok: named('bool', '接受短信', 'accepts text messages'),
    email_ok: named('bool', '接受邮件', 'accepts e-mail'),
  },
  organisation: {
    name: named('text', '企业名称', 'company name'),
    industry: named('text', '行业', 'industry'),
    employees: named('number', '员工人数', 'employees'),
    size: named('text', '规模', 'size'),
    province: named('text', '省份', 'province'),
    city: named('text', '城市', 'city'),
    region: named('text', '大区', 'region'),
    credit_score: named('number', '信用分', 'credit score'),
    credit_grade: named('text', '信用评级', 'credit rating'),
    // The values of an imported tag come in as the attribute of its name.
    'tag.credit_rating': named('text', '征信评级', 'external rating'),
    founded_on: named('date', '成立日期', 'founded'),
    registered_capital: named('money', '注册资本', 'registered capital'),
  },
}

/** Properties of an article in the item catalogue `goods`. */
export const DEMO_GOODS: Readonly<Record<string, NamedProperty>> = {
  name: named('text', '商品名称', 'name'),
  brand: named('text', '品牌', 'brand'),
  category: CATEGORY,
  price_band: named('text', '价格带', 'price band'),
  list_price: named('money', '吊牌价', 'list price'),
}
