import { describe, expect, it } from 'vitest'
import type { RawValue } from '../../incoming.js'
import { parseMapping } from '../parse-mapping.js'
import { profileColumn } from './column-profile.js'
import { suggestMapping } from './suggest-mapping.js'

/** A little table: header and rows. */
function suggest(header: string, ...rows: RawValue[][]) {
  const names = header.split(' ')
  const profiles = names.map((name, at) =>
    profileColumn(
      name,
      rows.map((row) => row[at] ?? null),
    ),
  )
  const suggestion = suggestMapping('test', profiles)
  if (suggestion.mapping !== null) expect(parseMapping(suggestion.mapping, names)).toMatchObject({ ok: true })
  return { ...suggestion, profiles }
}

describe('types of columns', () => {
  it.each([
    ['数量', ['1', '2', '-3'], { type: 'number' }],
    ['数量', ['1,234', '5', ''], { type: 'number' }],
    ['x', ['¥12.50', '¥3'], { type: 'money' }],
    ['金额', ['12.5', '3'], { type: 'money' }],
    ['InvoiceNo', ['536365', '536366'], { type: 'text' }],
    ['x', ['00123', '00456'], { type: 'text' }],
    ['手机', ['13800138000'], { type: 'text' }],
    ['x', ['2010-12-01 08:26:00', '2010-12-02 09:00:00'], { type: 'date' }],
    ['x', ['2010/12/1', '2010/12/2'], { type: 'date' }],
    ['日期', ['20101201', '20101202'], { type: 'date' }],
    ['x', ['2026年1月2日'], { type: 'date' }],
    ['x', ['13/1/2010', '2/1/2010'], { type: 'date', format: 'd/M/yyyy' }],
    ['x', ['12/13/2010 8:26', '1/2/2010 9:00'], { type: 'date', format: 'M/d/yyyy H:mm' }],
    ['日期', [40513, 40514], { type: 'date', format: 'excel' }],
    ['time', [1700000000, 1700000001], { type: 'date', format: 'unix' }],
    ['接受短信', ['是', '否', '是'], { type: 'bool' }],
    ['vip', [true, false], { type: 'bool' }],
    ['兴趣', ['读书、跑步', '音乐'], { type: 'list', split: '、' }],
    ['x', [null, '', null], { type: 'text', empty: 3 }],
    ['备注', ['abc', '12'], { type: 'text' }],
    ['数量', [...Array.from({ length: 39 }, (_, i) => String(i)), 'broken'], { type: 'number', unfit: 1 }],
  ] as [string, RawValue[], object][])('%s %j', (name, cells, expected) => {
    expect(profileColumn(name, cells)).toMatchObject(expected)
  })
})

describe('a suggested mapping', () => {
  it('recognises order lines with English names', () => {
    const { mapping, columns } = suggest(
      'InvoiceNo StockCode Description Quantity InvoiceDate UnitPrice CustomerID Country',
      ['536365', '85123A', 'WHITE HANGING HEART', '6', '2010-12-01 08:26:00', '2.55', '17850', 'United Kingdom'],
    )
    expect(mapping).toMatchObject({
      columns: { InvoiceNo: 'text', Quantity: 'number', InvoiceDate: 'date', UnitPrice: 'money', CustomerID: 'text' },
      subjects: { person: { identities: { user_id: 'CustomerID' } } },
      outputs: [
        {
          event: 'order.paid',
          time: 'InvoiceDate',
          properties: { order_id: 'InvoiceNo', country: 'Country' },
          lines: {
            key: 'InvoiceNo',
            items: { sku: 'StockCode', name: 'Description', qty: 'Quantity', price: 'UnitPrice' },
            totals: { amount: { sum: { calc: 'mul', of: [{ prop: 'Quantity' }, { prop: 'UnitPrice' }] } } },
          },
        },
      ],
    })
    expect(columns.find((column) => column.column === 'UnitPrice')).toEqual({
      column: 'UnitPrice',
      en: 'price, by its name; holds money',
      zh: '按列名识别为单价；内容为金额',
    })
  })
  it('recognises order lines with Chinese names', () => {
    const { mapping } = suggest(
      '订单号 行号 付款时间 会员号 手机号 商品编码 商品名称 品类 数量 单价 优惠金额 支付方式',
      ['D1', '1', '2026/1/2 8:05', 'M1', '13800138000', 'S1', '裙子', '女装', '2', '99.5', '0', '微信'],
    )
    expect(mapping?.subjects).toEqual({
      person: { kind: 'person', identities: { phone: '手机号', user_id: '会员号' } },
    })
    expect(mapping?.outputs).toMatchObject([
      {
        event: 'order.paid',
        lines: {
          key: '订单号',
          line: '行号',
          items: { sku: '商品编码', category: '品类', qty: '数量', price: '单价' },
        },
        properties: { discount: '优惠金额', 支付方式: '支付方式' },
      },
    ])
  })
  it('recognises single purchases, event logs, people, companies and goods', () => {
    expect(
      suggest('sample_id date quantity amount', ['0001', '1997-01-01', '2', '29.33']).mapping?.outputs,
    ).toMatchObject([{ event: 'order.paid', time: 'date', properties: { quantity: 'quantity', amount: 'amount' } }])
    expect(
      suggest('id time event device member page', ['1', '2026-01-01 10:00:00', 'page.viewed', 'd1', null, '/a']).mapping
        ?.outputs,
    ).toMatchObject([{ event: { prop: 'event' }, time: 'time', key: 'id', properties: { page: 'page' } }])
    expect(
      suggest('会员号 姓名 性别 生日 兴趣 鞋码', ['M1', '张', '女', '1990-01-02', '读书、跑步', '38']).mapping?.outputs,
    ).toMatchObject([
      { of: 'person', attributes: { name: '姓名', gender: '性别', birthday: '生日', interests: '兴趣', 鞋码: '鞋码' } },
    ])
    expect(suggest('企业编码 企业名称 行业 员工人数', ['C1', '云岚', '零售', '30']).mapping?.outputs).toMatchObject([
      { of: 'organisation', attributes: { name: '企业名称', industry: '行业', employees: '员工人数' } },
    ])
    expect(suggest('企业编码 姓名 手机号 角色', ['C1', '张', '13800138000', '采购']).mapping?.outputs).toMatchObject([
      { of: 'person' },
      { relation: 'employs', from: 'organisation', to: 'person' },
    ])
    expect(suggest('sku 品牌 吊牌价', ['S1', '安踏', '99']).mapping?.outputs).toMatchObject([
      { catalogue: 'goods', item: 'sku', properties: { brand: '品牌', list_price: '吊牌价' } },
    ])
  })
  it('is none when nothing says whom the rows are about', () => {
    const { mapping, columns } = suggest('a b', ['x', 'y'])
    expect(mapping).toBeNull()
    expect(columns).toHaveLength(2)
  })
})
