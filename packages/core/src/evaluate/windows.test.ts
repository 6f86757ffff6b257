import { describe, expect, it } from 'vitest'
import type { Value, Window } from '../language/document.js'
import { askCondition, askValue } from './testing/ask.js'
import { number, person } from './testing/person.js'
import { smallShop } from './testing/small-shop.js'

const asOf = Date.UTC(2026, 0, 31, 12)
const catalog = smallShop()
const options = { catalog, asOf }
const buyer = person(1, {
  events: [
    { event: 'view', at: '2026-01-10T00:00:00Z' },
    { event: 'order', at: '2026-01-10T00:00:00Z' },
    { event: 'order', at: '2026-01-10T00:00:00.001Z' },
    { event: 'order', at: '2026-01-17T00:00:00Z' },
    { event: 'order', at: '2026-01-30T12:00:00Z' },
    { event: 'order', at: asOf },
  ],
})
const viewed: Value = { did: 'view', get: 'lastAt' }
const missing: Value = { did: 'sent', get: 'lastAt' }
const orders = (within: Window) => askValue({ did: 'order', within }, buyer, options)

describe('a window on an anchor', () => {
  it.each<[string, Window, string | null]>([
    ['from includes the moment', { from: viewed }, '4'],
    ['after leaves its instant out', { after: viewed }, '3'],
    ['skip moves the start', { from: viewed, skip: '7d' }, '2'],
    ['after and skip leave the moved instant out', { after: viewed, skip: '7d' }, '1'],
    ['for ends before its end', { from: viewed, for: '7d' }, '2'],
    ['for counts from the moved start', { from: viewed, skip: '7d', for: '1d' }, '1'],
    ['to leaves its instant out', { to: '2026-01-17' }, '2'],
    ['for with to alone is the length before it', { to: '2026-01-17', for: '7d' }, '2'],
    ['to with for excludes what is older', { to: '2026-01-17T00:00:00.001Z', for: '7d' }, '2'],
    ['two ends', { from: '2026-01-10', to: viewed }, '0'],
    ['an end past the moment is cut', { from: viewed, for: '100d' }, '4'],
    ['begins at the moment: missing', { from: '2026-01-31T12:00Z' }, null],
    ['begins 1 ms before it: nothing yet', { from: '2026-01-31T11:59:59.999Z' }, '0'],
    ['after 1 ms before it: nothing yet', { after: '2026-01-31T11:59:59.999Z' }, '0'],
    ['skip reaches the moment: missing', { from: viewed, skip: '516h' }, null],
    ['a missing anchor', { after: missing }, null],
    ['a missing end', { from: '2026-01-01', to: missing }, null],
    ['a missing anchor with a default', { after: { ...missing, default: '2026-01-17' } }, '1'],
    ['an anchor inside an anchor', { after: { did: 'order', get: 'firstAt', within: { after: viewed } } }, '2'],
    ['a calendar length keeps the time', { from: '2025-12-31T12:00Z', for: '1mo' }, '4'],
    ['a period of the calendar', { period: 'sale' }, '2'],
  ])('%s', (_name, window, count) => {
    expect(orders(window)).toBe(count)
  })

  it('of a promotion that has not begun is missing, one that runs is cut', () => {
    const at = (moment: number) =>
      askValue({ did: 'order', within: { period: 'sale' } }, buyer, { catalog, asOf: moment })
    expect(at(Date.UTC(2026, 0, 10))).toBeNull()
    expect(at(Date.UTC(2026, 0, 10) + 1)).toBe('1')
  })
})

describe('dates in windows', () => {
  const born = (text: string) =>
    person(1, { attributes: { joined: [[0, { type: 'date', value: Date.parse(text) }]], points: [[0, number(1)]] } })
  it.each<[string, Window, boolean | null]>([
    ['2026-01-31T12:00:00Z', { next: '7d' }, true],
    ['2026-02-07T11:59:59.999Z', { next: '7d' }, true],
    ['2026-02-07T12:00:00Z', { next: '7d' }, false],
    ['2026-01-31T11:59:59.999Z', { next: '7d' }, false],
    ['2026-02-01T00:00:00Z', { coming: '1d' }, true],
    ['2026-01-31T23:59:59.999Z', { coming: '1d' }, false],
    ['2026-02-28T23:59:59.999Z', { coming: '1mo' }, true],
    ['2030-01-01T00:00:00Z', { from: '2026-01-31' }, true],
    ['2026-01-11T00:00:00Z', { period: 'sale' }, true],
    ['2026-01-13T00:00:00Z', { period: 'sale' }, false],
    ['2026-01-13T00:00:00Z', { after: missing }, null],
  ])('%s during %j', (date, during, holds) => {
    expect(askCondition({ attr: 'joined', during }, born(date), options)).toBe(holds)
  })
  it.each<[string, Window, boolean]>([
    ['1996-02-29', { coming: '1mo' }, true],
    ['1996-02-29', { from: '2026-02-28', to: '2026-03-01' }, true],
    ['1996-02-29', { from: '2028-02-28', to: '2028-02-29' }, false],
    ['1996-02-29', { from: '2028-02-29', to: '2028-03-01' }, true],
    ['2026-02-03', { next: '7d' }, false],
    ['2025-02-03', { next: '7d' }, true],
    ['1990-01-05', { from: '2025-12-30', for: '10d' }, true],
  ])('%s returns in %j', (date, anniversary, holds) => {
    expect(askCondition({ attr: 'joined', anniversary }, born(date), options)).toBe(holds)
  })
})
