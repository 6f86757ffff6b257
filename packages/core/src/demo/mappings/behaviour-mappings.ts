import type { Mapping } from '../../collect/mapping/mapping.js'
import { DEMO_EVENTS } from '../labels.js'
import { eventNames, propertiesOf } from './labelled.js'

const WEB_EVENTS = [
  'app.opened',
  'page.viewed',
  'login',
  'search.done',
  'product.viewed',
  'cart.added',
  'wishlist.added',
  'share.done',
  'referral.made',
  'visit.store',
  'review.posted',
]

/** Every property of the tracking log once, under the name it has in the log. */
const WEB_PROPERTIES = Object.assign(
  {},
  ...WEB_EVENTS.map((event) => {
    const names = Object.keys(DEMO_EVENTS[event]?.properties ?? {})
    return propertiesOf(event, Object.fromEntries(names.map((name) => [name, name])))
  }),
) as ReturnType<typeof propertiesOf>

/** `web-events.ndjson`: the tracking log of app, web site and mini program. */
export const WEB_MAPPING: Mapping = {
  version: 1,
  id: 'demo_web_events',
  name: { zh: '线上行为日志', en: 'tracking log' },
  timeZone: 'Asia/Shanghai',
  columns: {
    id: 'text',
    time: 'date',
    event: 'text',
    device: 'text',
    member: 'text',
    unionid: 'text',
    ...Object.fromEntries(Object.entries(WEB_PROPERTIES).map(([name, { type = 'text' }]) => [name, type])),
  },
  subjects: { user: { identities: { user_id: 'member', unionid: 'unionid', device_id: 'device' } } },
  outputs: [
    {
      event: { case: WEB_EVENTS.map((event) => ({ when: { prop: 'event', is: event }, value: event })) },
      time: 'time',
      key: 'id',
      properties: WEB_PROPERTIES,
    },
  ],
  declare: { events: eventNames(...WEB_EVENTS) },
}

/** `coupons.csv`: one row says when a coupon was claimed and, if it was, when it was used. */
export const COUPONS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_coupons',
  name: { zh: '优惠券', en: 'coupons' },
  timeZone: 'Asia/Shanghai',
  columns: {
    券码: 'text',
    券类型: 'text',
    面额: 'money',
    会员号: 'text',
    领取渠道: 'text',
    领取时间: 'date',
    有效期至: 'date',
    使用时间: 'date',
    使用订单号: 'text',
  },
  subjects: { customer: { identities: { user_id: '会员号' } } },
  outputs: [
    {
      event: 'coupon.claimed',
      time: '领取时间',
      key: '券码',
      properties: propertiesOf('coupon.claimed', {
        coupon_id: '券码',
        coupon_kind: '券类型',
        coupon_amount: '面额',
        expires_at: '有效期至',
        channel: '领取渠道',
      }),
    },
    {
      event: 'coupon.redeemed',
      where: { prop: '使用时间', known: true },
      time: '使用时间',
      key: '券码',
      properties: propertiesOf('coupon.redeemed', {
        coupon_id: '券码',
        coupon_kind: '券类型',
        coupon_amount: '面额',
        order_id: '使用订单号',
      }),
    },
  ],
  declare: { events: eventNames('coupon.claimed', 'coupon.redeemed') },
}

/** `surveys.csv`: one row for each answered question. */
export const SURVEYS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_surveys',
  name: { zh: '问卷', en: 'surveys' },
  timeZone: 'Asia/Shanghai',
  columns: {
    答卷号: 'text',
    提交时间: 'date',
    问卷: 'text',
    题目: 'text',
    答案: 'text',
    分值: 'number',
    会员号: 'text',
    手机号: 'text',
  },
  subjects: { customer: { identities: { user_id: '会员号', phone: '手机号' } } },
  outputs: [
    {
      event: 'survey.answered',
      time: '提交时间',
      key: { concat: ['答卷号', '题目'], with: '/' },
      properties: propertiesOf('survey.answered', { survey: '问卷', question: '题目', answer: '答案', score: '分值' }),
    },
  ],
  declare: { events: eventNames('survey.answered') },
}
