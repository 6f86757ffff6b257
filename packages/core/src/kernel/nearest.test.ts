import { expect, it } from 'vitest'
import { nearest } from './nearest.js'

it('finds the name that differs by a slip', () => {
  expect(nearest('withn', ['where', 'within', 'get'])).toBe('within')
  expect(nearest('order.payed', ['order.paid', 'order.refunded'])).toBe('order.paid')
  expect(nearest('高价值用户', ['低价值客户', '高价值客户'])).toBe('高价值客户')
  expect(nearest('amuont', ['amount', 'count'])).toBe('amount')
  expect(nearest('DID', ['did', 'tag'])).toBe('did')
})

it('stays silent when nothing is near', () => {
  expect(nearest('colour', ['amount', 'city'])).toBeUndefined()
  expect(nearest('x', ['y'])).toBeUndefined()
  expect(nearest('', ['a'])).toBeUndefined()
})
