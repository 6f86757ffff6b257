import { describe, expect, it } from 'vitest'
import { askCondition, askValue } from '../../../evaluate/testing/ask.js'
import { person, text, type WrittenEvent } from '../../../evaluate/testing/person.js'
import { smallShop } from '../../../evaluate/testing/small-shop.js'
import type { DidValue, Test } from '../../document.js'

const day = (n: number, ms = 0) => Date.UTC(2026, 0, n) + ms
const options = { catalog: smallShop(), asOf: day(31) }
const ordersAt = (...moments: number[]): WrittenEvent[] => moments.map((at) => ({ event: 'order', at }))

describe('gaps', () => {
  type Gaps = Extract<NonNullable<DidValue['get']>, { gaps: unknown }>['gaps']
  it.each<[Gaps, number[], string | null]>([
    ['avg', [1], null],
    ['avg', [1, 2, 5], '2'],
    ['avg', [1, 2, 3, 5], '1.33333333'],
    ['min', [1, 2, 5], '1'],
    ['max', [1, 2, 5], '3'],
    ['median', [1, 2, 5], '2'],
    ['median', [1, 2, 3, 6], '1'],
    ['sd', [1, 2], null],
    ['sd', [1, 2, 5], '1.414214'],
  ])('%s of days %j is %s', (gaps, days, expected) => {
    const facts = person(1, { events: ordersAt(...days.toReversed().map((one) => day(one))) })
    expect(askValue({ did: 'order', get: { gaps } }, facts, options)).toBe(expected)
  })
  it('takes the lines of one event as one moment, two events at once as two', () => {
    const items = [{ sku: 'a' }, { sku: 'b' }]
    const lines = person(1, {
      events: [
        { event: 'order', at: day(1), items },
        { event: 'order', at: day(3), items },
      ],
    })
    expect(askValue({ did: 'order', each: 'items', get: { gaps: 'min' } }, lines, options)).toBe('2')
    const twins = person(1, { events: ordersAt(day(1), day(1), day(3)) })
    expect(askValue({ did: 'order', get: { gaps: 'min' } }, twins, options)).toBe('0')
  })
  it('truncates milliseconds at 8 decimals', () => {
    const facts = person(1, { events: ordersAt(day(1), day(1, 1)) })
    expect(askValue({ did: 'order', get: { gaps: 'avg' } }, facts, options)).toBe('0.00000001')
  })
})

describe('the subject inside where', () => {
  const events: WrittenEvent[] = [
    { event: 'order', at: day(1), of: { city: 'Paris', id: 'a', amount: 5 } },
    { event: 'order', at: day(2), of: { city: 'Lyon', id: 'b', amount: 7 } },
    { event: 'order', at: day(3), of: { id: 'c' } },
  ]
  const facts = person(1, { events, attributes: { city: [[0, text('Paris')]] } })
  const count = (where: Test, of = facts) => askValue({ did: 'order', where }, of, options)
  it.each<[Test, string]>([
    [{ prop: 'city', isNot: { attr: 'city' } }, '1'],
    [{ prop: 'id', is: { did: 'order', get: { last: 'id' } } }, '1'],
    [{ prop: 'city', in: { did: 'order', get: { values: 'city' } } }, '2'],
    [{ prop: 'amount', gte: { calc: 'add', of: [{ metric: 'orders' }, 3] } }, '1'],
    [{ prop: 'amount', lt: { did: 'order', get: { avg: 'amount' } } }, '1'],
  ])('%j passes %s', (where, expected) => {
    expect(count(where)).toBe(expected)
  })
  it('tests nothing true where the subject has no value', () => {
    expect(count({ prop: 'city', isNot: { attr: 'city' } }, person(1, { events }))).toBe('0')
  })
  it('asks an uploaded list of values', () => {
    const where: Test = { prop: 'city', in: { list: 'cities' } }
    expect(askValue({ did: 'order', where }, facts, options)).toBe('1')
    expect(askValue({ did: 'order', where }, facts, { ...options, listValues: () => ['Lyon', 'Paris'] })).toBe('2')
  })
})

describe('the item catalogue', () => {
  const items = (_catalogue: string, item: string) =>
    ({ a: { brand: 'X', price: 1_000_000_000n }, b: { brand: 'Y' } })[item] ?? null
  const facts = person(1, {
    events: [
      {
        event: 'order',
        at: day(1),
        of: { sku: 'a', amount: 9 },
        items: [
          { sku: 'a', qty: 2 },
          { sku: 'b', qty: 3 },
          { sku: 'z', qty: 4 },
        ],
      },
    ],
  })
  const asked = { ...options, items }
  it('is read as a property of the event, of each line, or as a list of the lines', () => {
    expect(askValue({ did: 'order', where: { prop: 'sku.price', gt: { prop: 'amount' } } }, facts, asked)).toBe('1')
    const line: DidValue = {
      did: 'order',
      each: 'items',
      where: { prop: 'items.sku.brand', is: 'Y' },
      get: { sum: 'items.qty' },
    }
    expect(askValue(line, facts, asked)).toBe('3')
    expect(askValue({ did: 'order', where: { prop: 'items.sku.brand', hasAll: ['X', 'Y'] } }, facts, asked)).toBe('1')
  })
  it('knows nothing of items that are not there', () => {
    const line: DidValue = { did: 'order', each: 'items', where: { prop: 'items.sku.brand', known: false } }
    expect(askValue(line, facts, asked)).toBe('1')
    expect(askValue({ did: 'order', where: { prop: 'sku.price', known: true } }, facts, options)).toBe('0')
  })
})

it('counts rows of the clock and of a case', () => {
  const facts = person(1, { events: ordersAt(day(3), day(4), day(5)) })
  expect(askValue({ did: 'order', where: { clock: 'dayKind', is: 'restday' } }, facts, options)).toBe('1')
  const kind: Test = { case: [{ when: { clock: 'weekday', gte: 6 }, value: 'end' }], otherwise: 'mid', is: 'mid' }
  expect(askValue({ did: 'order', where: kind }, facts, options)).toBe('1')
  expect(askCondition({ did: 'order', where: { clock: 'promotion', known: true }, is: 1 }, facts, options)).toBe(true)
})
