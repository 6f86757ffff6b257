import type { Mapping } from '../../collect/mapping/mapping.js'
import { eventNames, propertiesOf } from './labelled.js'

/** `returns.csv`: a request to return goods and, once money went back, the refund. */
export const RETURNS_MAPPING: Mapping = {
  version: 1,
  id: 'demo_returns',
  name: { zh: '退货退款', en: 'returns and refunds' },
  timeZone: 'Asia/Shanghai',
  columns: {
    退货单号: 'text',
    申请时间: 'date',
    订单号: 'text',
    会员号: 'text',
    手机号: 'text',
    商品编码: 'text',
    数量: 'number',
    退款金额: 'money',
    原因: 'text',
    状态: 'text',
    退款时间: 'date',
  },
  subjects: { customer: { identities: { user_id: '会员号', phone: '手机号' } } },
  outputs: [
    {
      event: 'order.returned',
      time: '申请时间',
      key: '退货单号',
      properties: propertiesOf('order.returned', {
        return_id: '退货单号',
        order_id: '订单号',
        sku: '商品编码',
        qty: '数量',
        reason: '原因',
        state: '状态',
      }),
    },
    {
      event: 'order.refunded',
      where: { prop: '退款时间', known: true },
      time: '退款时间',
      key: '退货单号',
      properties: propertiesOf('order.refunded', {
        return_id: '退货单号',
        order_id: '订单号',
        amount: '退款金额',
        reason: '原因',
      }),
    },
  ],
  declare: { events: eventNames('order.returned', 'order.refunded') },
}

/** `service.csv`: tickets of the service desk; complaints are events of their own. */
export const SERVICE_MAPPING: Mapping = {
  version: 1,
  id: 'demo_service',
  name: { zh: '客服工单', en: 'service tickets' },
  timeZone: 'Asia/Shanghai',
  columns: {
    工单号: 'text',
    受理时间: 'date',
    会员号: 'text',
    手机号: 'text',
    类型: 'text',
    主题: 'text',
    优先级: 'text',
  },
  subjects: { customer: { identities: { user_id: '会员号', phone: '手机号' } } },
  outputs: [
    {
      event: { case: [{ when: { prop: '类型', is: '投诉' }, value: 'complaint.made' }], otherwise: 'ticket.opened' },
      time: '受理时间',
      key: '工单号',
      properties: propertiesOf('ticket.opened', {
        ticket_id: '工单号',
        kind: '类型',
        topic: '主题',
        priority: '优先级',
      }),
    },
  ],
  declare: { events: eventNames('ticket.opened', 'complaint.made') },
}
