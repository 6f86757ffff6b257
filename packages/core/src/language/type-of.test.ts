import { describe, expect, it } from 'vitest'
import type { EventValue, Value } from './document.js'
import type { Scope, ValueType } from './frame/scope.js'
import { shopCatalog } from './testing/shop.js'
import { typeOf } from './type-of.js'

const scope: Scope = { catalog: shopCatalog(), subject: 'person', stream: null }
const paid: Scope = { ...scope, stream: { kind: 'events', names: ['order.paid'], each: null } }
const number = (scale: 0 | 4 | 8 | 'float', unit: string | null = null) =>
  ({ kind: 'number', scale, unit }) as ValueType

describe('values of a subject', () => {
  it.each<[Value, ValueType]>([
    [{ attr: 'city' }, { kind: 'text', codes: null }],
    [{ attr: 'id.phone' }, { kind: 'text', codes: null }],
    [{ attr: 'balance' }, number(4, 'money')],
    [{ did: 'order.paid' }, number(0, 'count')],
    [{ did: 'order.paid', get: 'lastAt' }, { kind: 'date' }],
    [{ did: 'order.paid', get: 'span' }, number(4, 'minutes')],
    [{ did: 'order.paid', get: { avg: 'amount' } }, number(8, 'money')],
    [{ did: 'order.paid', get: { max: 'due' } }, { kind: 'date' }],
    [
      { did: 'order.paid', get: { values: 'channel' } },
      { kind: 'list', codes: null },
    ],
    [{ did: 'order.paid', each: 'items', get: { sum: 'items.qty' } }, number(4)],
    [
      { did: 'order.paid', get: { last: 'memo' } },
      { kind: 'text', codes: null },
    ],
    [{ since: { attr: 'birthday' }, unit: 'years' }, number(0, 'years')],
    [{ metric: 'spend_90d' }, number(4, 'money')],
    [{ tag: 'tier' }, { kind: 'ordered', codes: ['普通', '银卡', '金卡'] }],
    [{ tag: 'stage' }, { kind: 'text', codes: ['流失客户', '忠诚客户', '回头客', '新客户'] }],
    [{ tag: 'hobby' }, { kind: 'list', codes: null }],
    [{ calc: 'add', of: [{ metric: 'orders' }, 0.5] }, number(4, 'count')],
    [{ calc: 'mul', of: [{ metric: 'spend_90d' }, { metric: 'orders' }] }, number(4, 'money')],
    [{ calc: 'div', of: [{ metric: 'spend_90d' }, { metric: 'orders' }] }, number(8, 'money')],
    [{ calc: 'div', of: [{ metric: 'orders' }, { metric: 'orders' }] }, number(8, 'ratio')],
    [{ calc: 'log', of: [{ metric: 'orders' }] }, number('float')],
    [{ calc: 'size', of: [{ attr: 'interests' }] }, number(0, 'count')],
    [{ cut: { metric: 'orders' }, at: { method: 'quantile', n: 5 } }, number(0)],
    [{ among: [], of: { metric: 'spend_90d' }, get: 'median' }, number(8, 'money')],
    [{ among: [], of: { metric: 'spend_90d' }, get: 'sd' }, number('float', 'money')],
    [{ per: 'day', of: { did: 'order.paid' }, get: 'avg' }, number(8, 'count')],
  ])('%j', (value, type) => {
    expect(typeOf(value, scope)).toEqual(type)
  })
})

describe('values of an event', () => {
  it.each<[EventValue, ValueType]>([
    [{ prop: 'amount' }, number(4, 'money')],
    [{ prop: 'gift' }, { kind: 'bool' }],
    [{ prop: 'event' }, { kind: 'text', codes: ['order.paid'] }],
    [{ prop: 'items.qty' }, { kind: 'list', codes: null }],
    [{ calc: 'sub', of: [{ prop: 'list_amount' }, { prop: 'amount' }] }, number(4, 'money')],
    [
      { case: [{ when: { prop: 'amount', gte: 1 }, value: 'a' }], otherwise: 'b' },
      { kind: 'text', codes: ['a', 'b'] },
    ],
  ])('%j', (value, type) => {
    expect(typeOf(value, paid)).toEqual(type)
  })
  it('makes a line field one value when lines are the rows', () => {
    const lines: Scope = { ...scope, stream: { kind: 'events', names: ['order.paid'], each: 'items' } }
    expect(typeOf({ prop: 'items.qty' }, lines)).toEqual(number(4))
  })
})

it('finds types of definitions that share parts without descending anew for each use', () => {
  const definitions = Array.from({ length: 40 }, (_, index) => ({
    kind: 'metric',
    id: `m${index}`,
    name: 'm',
    value:
      index === 0
        ? { did: 'order.paid' }
        : { calc: 'add', of: [{ metric: `m${index - 1}` }, { metric: `m${index - 1}` }] },
  }))
  expect(typeOf({ metric: 'm39' }, { ...scope, catalog: shopCatalog(definitions) })).toEqual(number(0, 'count'))
})

it('throws for a value that was never resolved', () => {
  expect(() => typeOf({ attr: 'nothing' }, scope)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
})
