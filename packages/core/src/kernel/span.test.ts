import { expect, it } from 'vitest'
import { calendarMonths, fixedMs, parseSpan } from './span.js'

it('reads a number and a unit', () => {
  expect(parseSpan('30d')).toEqual({ count: 30, unit: 'd' })
  expect(fixedMs(parseSpan('36h')!)).toBe(129_600_000)
  expect(calendarMonths(parseSpan('2q')!)).toBe(6)
  expect(fixedMs(parseSpan('1mo')!)).toBeNull()
})

it('refuses unclear, empty, negative and endless lengths', () => {
  for (const text of ['3m', '0d', '-3d', '3', 'd', '1.5h', ' 3d', '3 d', '201y', '999999999y', '1e3d']) {
    expect(parseSpan(text), text).toBeNull()
  }
})
