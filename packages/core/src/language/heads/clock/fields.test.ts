import { expect, it } from 'vitest'
import { smallShop } from '../../../evaluate/testing/small-shop.js'
import { formatDecimal } from '../../../kernel/decimal.js'
import { zoneOf } from '../../../kernel/zone.js'
import type { Field } from '../../document.js'
import { clockField } from './fields.js'

const catalog = smallShop()
const read = (field: Field, moment: string, zone = 'UTC') => {
  const value = clockField(field, Date.parse(moment), catalog, zoneOf(zone))
  return typeof value === 'bigint' ? formatDecimal(value) : value
}

it.each<[Field, string, unknown]>([
  ['hour', '2026-01-04T23:59:59.999Z', '23'],
  ['weekday', '2026-01-04T23:59:59.999Z', '7'],
  ['weekday', '2026-01-05T00:00:00Z', '1'],
  ['day', '2024-02-29T12:00:00Z', '29'],
  ['month', '2024-02-29T12:00:00Z', '2'],
  ['quarter', '2026-03-31T23:59:59Z', '1'],
  ['quarter', '2026-04-01T00:00:00Z', '2'],
  ['year', '1969-12-31T23:00:00Z', '1969'],
  ['date', '2026-01-04T23:59:59.999Z', Date.UTC(2026, 0, 4)],
  ['week', '2026-01-01T00:00:00Z', '2026-W01'],
  ['week', '2021-01-03T00:00:00Z', '2020-W53'],
  ['week', '2024-12-30T00:00:00Z', '2025-W01'],
  ['yearMonth', '2026-01-31T00:00:00Z', '2026-01'],
  ['dayKind', '2026-01-01T10:00:00Z', 'holiday'],
  ['dayKind', '2026-01-03T10:00:00Z', 'restday'],
  ['dayKind', '2026-01-04T10:00:00Z', 'workday'],
  ['dayKind', '2026-01-05T10:00:00Z', 'workday'],
  ['holiday', '2026-01-01T10:00:00Z', '元旦'],
  ['holiday', '2026-01-02T10:00:00Z', null],
  ['promotion', '2026-01-04T10:00:00Z', '年货节'],
])('%s of %s is %s', (field, moment, expected) => {
  expect(read(field, moment)).toBe(expected)
})

it('goes by the local day, and shows an hour twice when clocks are set back', () => {
  expect(read('holiday', '2025-12-31T16:00:00Z', 'Asia/Shanghai')).toBe('元旦')
  expect(read('hour', '2026-11-01T05:30:00Z', 'America/New_York')).toBe('1')
  expect(read('hour', '2026-11-01T06:30:00Z', 'America/New_York')).toBe('1')
  expect(read('date', '2026-11-01T23:30:00Z', 'America/New_York')).toBe(Date.parse('2026-11-01T04:00:00Z'))
})
