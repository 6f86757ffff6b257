import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { dateOfDayNumber, dayNumberOf } from './calendar.js'
import { parseSpan } from './span.js'
import {
  addSpan,
  instantOfLocal,
  localDayNumber,
  localTimeOf,
  offsetsBetween,
  parseInstant,
  startOfLocalDay,
  startOfUnit,
  unitsBetween,
  zoneOf,
} from './zone.js'

const at = (text: string): number => Date.parse(text)
const shanghai = zoneOf('Asia/Shanghai')
const newYork = zoneOf('America/New_York')
const ZONES = ['Asia/Shanghai', 'America/New_York', 'America/Sao_Paulo', 'Pacific/Apia', 'Europe/London', 'UTC']

describe('local days', () => {
  it('places an instant in the day of the workspace, not of UTC', () => {
    expect(localTimeOf(shanghai, at('2026-01-30T16:00:00Z'))).toMatchObject({ month: 1, day: 31, hour: 0, weekday: 6 })
    expect(localDayNumber(shanghai, at('2026-01-30T15:59:59.999Z'))).toBe(
      dayNumberOf({ year: 2026, month: 1, day: 30 }),
    )
  })
  it('starts a day at the end of the gap when the clock skips midnight', () => {
    const zone = zoneOf('America/Sao_Paulo')
    const day = dayNumberOf({ year: 2018, month: 11, day: 4 })
    expect(new Date(startOfLocalDay(zone, day)).toISOString()).toBe('2018-11-04T03:00:00.000Z')
  })
  it('reads a skipped clock time past the gap and a doubled one as the first', () => {
    expect(new Date(instantOfLocal(newYork, at('2026-03-08T02:30:00Z'))).toISOString()).toBe('2026-03-08T07:30:00.000Z')
    expect(new Date(instantOfLocal(newYork, at('2026-11-01T01:30:00Z'))).toISOString()).toBe('2026-11-01T05:30:00.000Z')
  })
  it('agrees with the Temporal library on random instants of zones with odd histories', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(1900, 0, 2), max: Date.UTC(2290, 0, 1) }),
        (name, instant) => {
          const zone = zoneOf(name)
          const expected = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name)
          const local = localTimeOf(zone, instant)
          expect([local.year, local.month, local.day, local.hour, local.minute, local.weekday]).toEqual([
            expected.year,
            expected.month,
            expected.day,
            expected.hour,
            expected.minute,
            expected.dayOfWeek,
          ])
          expect(startOfLocalDay(zone, local.dayNumber)).toBe(expected.startOfDay().epochMilliseconds)
          expect(addSpan(zone, instant, parseSpan('5mo')!)).toBe(expected.add({ months: 5 }).epochMilliseconds)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('calendar units', () => {
  it('begins weeks on Monday, quarters and years on their first day', () => {
    const now = at('2026-02-01T12:00:00+08:00')
    const starts = (['day', 'week', 'month', 'quarter', 'year'] as const).map((unit) =>
      new Date(startOfUnit(shanghai, unit, now) + 8 * 3_600_000).toISOString().slice(0, 10),
    )
    expect(starts).toEqual(['2026-02-01', '2026-01-26', '2026-02-01', '2026-01-01', '2026-01-01'])
    expect(startOfUnit(shanghai, 'month', now, -3)).toBe(at('2025-11-01T00:00:00+08:00'))
  })
  it('clamps a month back to the end of a shorter month and keeps the time of day over a clock change', () => {
    expect(addSpan(shanghai, at('2026-03-31T10:00:00+08:00'), parseSpan('1mo')!, -1)).toBe(
      at('2026-02-28T10:00:00+08:00'),
    )
    expect(addSpan(newYork, at('2026-02-15T09:00:00-05:00'), parseSpan('1mo')!)).toBe(at('2026-03-15T09:00:00-04:00'))
    expect(addSpan(newYork, at('2026-03-07T09:00:00-05:00'), parseSpan('1d')!)).toBe(at('2026-03-08T10:00:00-04:00'))
  })
  it('counts days by calendar borders and years as ages', () => {
    const now = at('2026-02-28T08:00:00+08:00')
    expect(unitsBetween(shanghai, 'days', at('2026-02-27T23:00:00+08:00'), now)).toBe(1)
    expect(unitsBetween(shanghai, 'hours', at('2026-02-27T23:00:00+08:00'), now)).toBe(9)
    expect(unitsBetween(shanghai, 'years', at('2004-02-29T00:00:00+08:00'), now)).toBe(22)
    expect(unitsBetween(shanghai, 'years', at('2000-03-01T00:00:00+08:00'), now)).toBe(25)
    expect(unitsBetween(shanghai, 'months', now, at('2025-12-28T00:00:00+08:00'))).toBe(-2)
  })
  it('turns every day number into its date and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -800_000, max: 800_000 }), (day) => dayNumberOf(dateOfDayNumber(day)) === day),
    )
  })
})

describe('instants in text', () => {
  it('reads a plain day as its local start and refuses days that do not exist', () => {
    expect(parseInstant(shanghai, '2026-01-31')).toBe(at('2026-01-30T16:00:00Z'))
    expect(parseInstant(shanghai, '2026-01-31T10:00+08:00')).toBe(at('2026-01-31T02:00:00Z'))
    expect(parseInstant(shanghai, '2026-01-31T10:00:00.5Z')).toBe(at('2026-01-31T10:00:00.500Z'))
    for (const bad of ['2026-02-30', '2026-1-3', '2026-01-31T10:00', '2026-01-31T24:00Z', 'today', '']) {
      expect(parseInstant(shanghai, bad), bad).toBeNull()
    }
  })
})

it('gives only the offsets that hold in a range', () => {
  expect(offsetsBetween(shanghai, at('2020-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z')).offsets).toEqual([28_800_000])
  expect(offsetsBetween(newYork, at('2025-01-01T00:00:00Z'), at('2025-12-31T00:00:00Z')).offsets).toEqual([
    -18_000_000, -14_400_000, -18_000_000,
  ])
})

it('refuses an unknown zone with a code', () => {
  expect(() => zoneOf('Asia/Shanghia')).toThrow(expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }))
})
