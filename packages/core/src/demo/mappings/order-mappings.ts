import type { Expression, Mapping } from '../../collect/mapping/mapping.js'
import { DEMO_EVENTS } from '../labels.js'
import { eventNames, itemsOf, propertiesOf } from './labelled.js'

const labelOf = (property: string): { zh: string; en: string } => {
  const { zh = property, en = property } = DEMO_EVENTS['order.paid']?.properties[property] ?? {}
  return { zh, en }
}

const SHOP_LIST: Expression = { calc: 'mul', of: [{ prop: '数量' }, { prop: '吊牌价' }] }
const SHOP_PAID: Expression = {
  calc: 'sub',
  of: [{ calc: 'mul', of: [{ prop: '数量' }, { prop: '单价' }] }, { prop: '优惠金额' }],
}

/** `orders.csv`: order lines of the web shop and the phone line; the amount of an order is made of its lines. */
export const ORDERS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_orders',
  name: { zh: '商城订单明细', en: 'order lines of the shop' },
  timeZone: 'Asia/Shanghai',
  columns: {
    订单号: 'text',
    行号: 'number',
    付款时间: 'date',
    渠道: 'text',
    门店: 'text',
    会员号: 'text',
    手机号: 'text',
    商品编码: 'text',
    商品名称: 'text',
    品类: 'text',
    数量: 'number',
    吊牌价: 'money',
    单价: 'money',
    优惠金额: 'money',
    券类型: 'text',
    支付方式: 'text',
    收货城市: 'text',
  },
  subjects: { customer: { identities: { user_id: '会员号', phone: '手机号' } } },
  reject: [
    {
      when: { prop: '数量', lte: 0 },
      reason: { zh: '数量不是正数（作废行）', en: 'The quantity is not positive (a voided line).' },
    },
  ],
  outputs: [
    {
      event: 'order.paid',
      time: '付款时间',
      properties: propertiesOf('order.paid', {
        order_id: '订单号',
        channel: '渠道',
        store: '门店',
        city: '收货城市',
        coupon_kind: '券类型',
        pay_method: '支付方式',
      }),
      lines: {
        key: '订单号',
        line: '行号',
        items: itemsOf('order.paid', {
          sku: '商品编码',
          name: '商品名称',
          category: '品类',
          qty: '数量',
          list_price: '吊牌价',
          amount: SHOP_PAID,
        }),
        totals: {
          amount: { sum: SHOP_PAID, type: 'money', label: labelOf('amount') },
          list_amount: { sum: SHOP_LIST, type: 'money', label: labelOf('list_amount') },
          discount: { sum: { calc: 'sub', of: [SHOP_LIST, SHOP_PAID] }, type: 'money', label: labelOf('discount') },
        },
      },
    },
  ],
  declare: { events: eventNames('order.paid') },
}

const TILL_LIST: Expression = { calc: 'mul', of: [{ prop: '件数' }, { prop: '吊牌价' }] }

/** `pos-orders.csv`: receipts of the store tills, in GB18030 and with columns of their own. */
export const POS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_pos_orders',
  name: { zh: '门店小票', en: 'store receipts' },
  timeZone: 'Asia/Shanghai',
  columns: {
    小票号: 'text',
    序号: 'number',
    交易时间: { type: 'date', format: 'yyyy/MM/dd HH:mm' },
    门店名称: 'text',
    会员卡号: 'text',
    顾客手机: 'text',
    货号: 'text',
    品名: 'text',
    类别: 'text',
    件数: 'number',
    吊牌价: 'money',
    实收: 'money',
    券: 'text',
    付款方式: 'text',
  },
  subjects: { customer: { identities: { user_id: '会员卡号', phone: '顾客手机' } } },
  reject: [
    {
      when: { prop: '件数', lte: 0 },
      reason: { zh: '件数不是正数（作废行）', en: 'The quantity is not positive (a voided line).' },
    },
  ],
  outputs: [
    {
      event: 'order.paid',
      time: '交易时间',
      properties: propertiesOf('order.paid', {
        order_id: '小票号',
        channel: { constant: 'store' },
        store: '门店名称',
        coupon_kind: '券',
        pay_method: '付款方式',
      }),
      lines: {
        key: '小票号',
        line: '序号',
        items: itemsOf('order.paid', {
          sku: '货号',
          name: '品名',
          category: '类别',
          qty: '件数',
          list_price: '吊牌价',
          amount: '实收',
        }),
        totals: {
          amount: { sum: '实收', type: 'money', label: labelOf('amount') },
          list_amount: { sum: TILL_LIST, type: 'money', label: labelOf('list_amount') },
          discount: {
            sum: { calc: 'sub', of: [TILL_LIST, { prop: '实收' }] },
            type: 'money',
            label: labelOf('discount'),
          },
        },
      },
    },
  ],
  declare: { events: eventNames('order.paid') },
}
