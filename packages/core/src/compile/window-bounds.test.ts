import { describe, expect, it } from 'vitest'
import { zoneOf } from '../kernel/zone.js'
import { dateBounds, eventBounds, type FixedWindow } from './window-bounds.js'

const shanghai = zoneOf('Asia/Shanghai')
const newYork = zoneOf('America/New_York')
/** A Wednesday. */
const NOON = Date.parse('2026-07-15T12:00:00+08:00')
const at = (text: string) => Date.parse(text)

const cases: [FixedWindow, string | null, string][] = [
  ['ever', null, '2026-07-15T12:00:00+08:00'],
  [{ last: '30d' }, '2026-06-15T12:00:00+08:00', '2026-07-15T12:00:00+08:00'],
  [{ last: '1mo' }, '2026-06-15T12:00:00+08:00', '2026-07-15T12:00:00+08:00'],
  [{ last: '24h', ago: '1w' }, '2026-07-07T12:00:00+08:00', '2026-07-08T12:00:00+08:00'],
  [{ complete: '3mo' }, '2026-04-01T00:00:00+08:00', '2026-07-01T00:00:00+08:00'],
  [{ complete: '1w' }, '2026-07-06T00:00:00+08:00', '2026-07-13T00:00:00+08:00'],
  [{ complete: '2d' }, '2026-07-13T00:00:00+08:00', '2026-07-15T00:00:00+08:00'],
  [{ complete: '1q' }, '2026-04-01T00:00:00+08:00', '2026-07-01T00:00:00+08:00'],
  [{ complete: '1y' }, '2025-01-01T00:00:00+08:00', '2026-01-01T00:00:00+08:00'],
  [{ this: 'month' }, '2026-07-01T00:00:00+08:00', '2026-07-15T12:00:00+08:00'],
  [{ this: 'month', ago: '1mo' }, '2026-06-01T00:00:00+08:00', '2026-06-15T12:00:00+08:00'],
  [{ this: 'week' }, '2026-07-13T00:00:00+08:00', '2026-07-15T12:00:00+08:00'],
]

describe('windows over events', () => {
  it.each(cases)('%j begins %s and ends %s', (window, from, to) => {
    expect(eventBounds(window, NOON, shanghai)).toEqual({ from: from === null ? null : at(from), to: at(to) })
  })

  it('clamp to the end of a shorter month', () => {
    const bounds = eventBounds({ last: '1mo' }, at('2026-03-31T08:00:00+08:00'), shanghai)
    expect(bounds?.from).toBe(at('2026-02-28T08:00:00+08:00'))
  })

  it('keep local time over a change of the clock, but a day is 24 hours', () => {
    const asOf = at('2026-03-10T12:00:00-04:00')
    expect(eventBounds({ last: '1mo' }, asOf, newYork)?.from).toBe(at('2026-02-10T12:00:00-05:00'))
    expect(eventBounds({ last: '7d' }, asOf, newYork)?.from).toBe(at('2026-03-03T11:00:00-05:00'))
  })

  it('are missing before they begin: at the first instant of a month nothing of it has been', () => {
    expect(eventBounds({ this: 'month' }, at('2026-07-01T00:00:00+08:00'), shanghai)).toBeNull()
    expect(eventBounds({ this: 'month' }, at('2026-07-01T00:00:00.001+08:00'), shanghai)).not.toBeNull()
  })
})

describe('windows that a date is compared with', () => {
  it('take the whole unit, and may lie ahead', () => {
    expect(dateBounds({ this: 'month' }, NOON, shanghai).to).toBe(at('2026-08-01T00:00:00+08:00'))
    expect(dateBounds({ next: '7d' }, NOON, shanghai)).toEqual({ from: NOON, to: at('2026-07-22T12:00:00+08:00') })
    expect(dateBounds({ coming: '1w' }, NOON, shanghai)).toEqual({
      from: at('2026-07-20T00:00:00+08:00'),
      to: at('2026-07-27T00:00:00+08:00'),
    })
  })
})
