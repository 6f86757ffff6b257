import { describe, expect, it } from 'vitest'
import { askValue } from '../../../evaluate/testing/ask.js'
import { person, type WrittenEvent } from '../../../evaluate/testing/person.js'
import { smallShop } from '../../../evaluate/testing/small-shop.js'
import type { DidValue, PerValue } from '../../document.js'

const day = (n: number, ms = 0) => Date.UTC(2026, 0, n) + ms
const options = { catalog: smallShop(), asOf: day(31) }
const order = (at: number, of: WrittenEvent['of'] = {}): WrittenEvent => ({ event: 'order', at, of })
const orders: DidValue = { did: 'order' }
const ask = (value: PerValue, events: readonly WrittenEvent[], asOf = options.asOf) =>
  askValue(value, person(1, { events }), { ...options, asOf })

describe('buckets', () => {
  const events = [
    order(day(1), { amount: 5, city: 'a', tags: ['x', 'y'] }),
    order(day(1, 86_399_999), { amount: 7, city: 'b', tags: ['y'] }),
    order(day(2), { amount: 1, city: 'a' }),
    order(day(9), { city: 'a' }),
  ]
  it.each<[PerValue, string | null]>([
    [{ per: 'day', of: orders }, '3'],
    [{ per: 'week', of: orders }, '2'],
    [{ per: 'month', of: orders }, '1'],
    [{ per: 'quarter', of: orders }, '1'],
    [{ per: 'year', of: orders }, '1'],
    [{ per: 'hour', of: orders }, '4'],
    [{ per: 'event', of: orders }, '4'],
    [{ per: { prop: 'city' }, of: orders }, '2'],
    [{ per: { prop: 'tags' }, of: orders }, '2'],
    [{ per: { prop: 'tags' }, of: orders, get: 'max' }, '2'],
    [{ per: { prop: { clock: 'weekday' } }, of: orders }, '2'],
    [{ per: 'day', of: orders, having: { gte: 2 } }, '1'],
    [{ per: 'day', of: orders, get: 'max' }, '2'],
    [{ per: 'day', of: orders, get: 'avg' }, '1.33333333'],
    [{ per: 'day', of: { ...orders, get: { sum: 'amount' } }, get: 'min' }, '0'],
    [{ per: 'day', of: { ...orders, get: { avg: 'amount' } }, get: 'min' }, '1'],
    [{ per: 'day', of: { ...orders, get: { avg: 'amount' } }, having: { gt: 1 }, get: 'sum' }, '6'],
    [{ per: 'day', of: { ...orders, get: { avg: 'amount' } } }, '3'],
    [{ per: 'day', of: { ...orders, get: { last: 'city' } }, having: { is: 'a' } }, '2'],
    [{ per: 'day', of: orders, having: { gte: 9 }, get: 'avg' }, null],
    [{ per: 'day', of: orders, having: { gte: 9 }, get: 'sum' }, '0'],
    [{ per: 'day', of: { ...orders, within: { from: '2026-02-01' } } }, null],
    [{ per: 'day', of: { ...orders, where: { prop: 'amount', lt: 7 } } }, '2'],
  ])('%j is %s', (value, expected) => {
    expect(ask(value, events)).toBe(expected)
  })
  it('have a value of each line only once per bucket', () => {
    const items = [
      { sku: 'a', qty: 1 },
      { sku: 'a', qty: 2 },
      { sku: 'b', qty: 4 },
    ]
    const most: PerValue = {
      per: { prop: 'items.sku' },
      of: { did: 'order', each: 'items', get: { sum: 'items.qty' } },
      get: 'max',
    }
    expect(ask(most, [{ event: 'order', at: day(1), items }])).toBe('4')
    const lines: PerValue = { per: 'event', of: { did: 'order', each: 'items' }, get: 'max' }
    expect(ask(lines, [{ event: 'order', at: day(1), items }, order(day(1))])).toBe('3')
  })
})

describe('sessions', () => {
  const session = (get: PerValue['get']): PerValue => ({
    per: { session: '30min' },
    of: { did: 'order', get: 'span' },
    get: get!,
  })
  it('end when more than the span lies between two rows', () => {
    const half = 1_800_000
    const events = [order(day(1)), order(day(1, half)), order(day(1, 2 * half + 1)), order(day(2))]
    expect(ask(session('count'), events)).toBe('3')
    expect(ask(session('sum'), events)).toBe('30')
    expect(ask(session('count'), [])).toBe('0')
  })
})

describe('runs', () => {
  const run = (get: 'streak' | 'currentStreak', per: 'day' | 'month' | 'hour' = 'day'): PerValue => ({
    per,
    of: orders,
    get,
  })
  it.each<[number[], string, string]>([
    [[], '0', '0'],
    [[1], '1', '0'],
    [[1, 2, 4, 5, 6, 9], '3', '0'],
    [[28, 29, 30], '3', '3'],
    [[27, 28, 29], '3', '3'],
    [[26, 27, 28], '3', '0'],
    [[29, 30, 30], '2', '2'],
  ])('of days %j: %s, now %s', (days, longest, current) => {
    const events = days.map((one) => order(day(one)))
    // 31 January 00:00: the day that is over is the 30th.
    expect(ask(run('streak'), events)).toBe(longest)
    expect(ask(run('currentStreak'), events)).toBe(current)
  })
  it('end where the window ends', () => {
    const value: PerValue = { per: 'day', of: { ...orders, within: { to: '2026-01-10' } }, get: 'currentStreak' }
    expect(ask(value, [order(day(8)), order(day(9)), order(day(10))])).toBe('2')
  })
  it('of months ignore their lengths', () => {
    const events = [0, 1, 2].map((month) => order(Date.UTC(2026, month, month === 1 ? 28 : 31)))
    expect(ask(run('streak', 'month'), events, Date.UTC(2026, 3, 1))).toBe('3')
  })
  it('count hours of the local clock, where spring forward leaves one out', () => {
    const catalog = smallShop([], { timeZone: 'America/New_York' })
    const base = Date.UTC(2026, 2, 8, 6) // 01:00 EST; the next hour is 03:00 EDT.
    const events = [order(base), order(base + 3_600_000)]
    const ask = askValue(run('streak', 'hour'), person(1, { events }), { catalog, asOf: base + 86_400_000 })
    expect(ask).toBe('1')
  })
})
