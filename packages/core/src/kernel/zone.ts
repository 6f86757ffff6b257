import { Temporal } from 'temporal-polyfill'
import { AppError } from './app-error.js'
import {
  addMonths,
  type CivilDate,
  completedMonths,
  dateOfDayNumber,
  dayNumberOf,
  parseCivilDate,
  weekdayOf,
  weekNumberOf,
} from './calendar.js'
import { calendarMonths, fixedMs, type ParsedSpan } from './span.js'

/**
 * Local time of a workspace. Both engines and TypeScript use the same table of offsets made here, so that no question of
 * local days depends on the time-zone data of a database.
 */

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number

/** Offset `offsets[i]` (ms east of UTC) holds from `starts[i]` until `starts[i + 1]`; the first start is -Infinity. */
export interface Zone {
  readonly name: string
  readonly starts: readonly Instant[]
  readonly offsets: readonly number[]
}
export type CalendarUnitName = 'day' | 'week' | 'month' | 'quarter' | 'year'

export interface LocalTime extends CivilDate {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number
  readonly dayNumber: number
}

const DAY_MS = 86_400_000
/** Dates of the product lie between 1900 and 2299; the table reaches a year further on both sides. */
const TABLE_FROM = Date.UTC(1899, 0, 1)
const TABLE_TO = Date.UTC(2301, 0, 1)
const zones = new Map<string, Zone>()

/** Whether the name is an IANA time zone. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/**
 * The zone of an IANA name with all its offsets from 1899 to 2300; made once per name (up to 0.2 s), then remembered.
 * @throws AppError TIME_ZONE_UNKNOWN
 */
export function zoneOf(name: string): Zone {
  const known = zones.get(name)
  if (known) return known
  if (!isZone(name)) throw new AppError('TIME_ZONE_UNKNOWN', { words: { zone: name } })
  const starts: number[] = [Number.NEGATIVE_INFINITY]
  let moment = Temporal.Instant.fromEpochMilliseconds(TABLE_FROM).toZonedDateTimeISO(name)
  const offsets: number[] = [moment.offsetNanoseconds / 1e6]
  for (;;) {
    const next = moment.getTimeZoneTransition('next')
    if (next === null || next.epochMilliseconds >= TABLE_TO) break
    starts.push(next.epochMilliseconds)
    offsets.push(next.offsetNanoseconds / 1e6)
    moment = next
  }
  const zone: Zone = { name, starts, offsets }
  zones.set(name, zone)
  return zone
}

/** The part of the table that holds for instants in [from, to]: what a query binds. Never empty. */
export function offsetsBetween(zone: Zone, from: Instant, to: Instant): { starts: Instant[]; offsets: number[] } {
  const first = indexAt(zone, from)
  const last = indexAt(zone, Math.max(from, to))
  return { starts: zone.starts.slice(first, last + 1), offsets: zone.offsets.slice(first, last + 1) }
}

/** Milliseconds east of UTC at an instant. */
export function offsetAt(zone: Zone, instant: Instant): number {
  return zone.offsets[indexAt(zone, instant)]!
}

/** Number of the local day an instant lies in (days since 1970-01-01). */
export function localDayNumber(zone: Zone, instant: Instant): number {
  return Math.floor((instant + offsetAt(zone, instant)) / DAY_MS)
}

/** Calendar fields of an instant on the local clock. */
export function localTimeOf(zone: Zone, instant: Instant): LocalTime {
  const local = instant + offsetAt(zone, instant)
  const dayNumber = Math.floor(local / DAY_MS)
  const ofDay = local - dayNumber * DAY_MS
  return {
    ...dateOfDayNumber(dayNumber),
    hour: Math.floor(ofDay / 3_600_000),
    minute: Math.floor(ofDay / 60_000) % 60,
    second: Math.floor(ofDay / 1000) % 60,
    millisecond: ofDay % 1000,
    weekday: weekdayOf(dayNumber),
    dayNumber,
  }
}

/**
 * The instant of a local clock reading (ms as if it were UTC). A reading that the clock skips counts on past the gap
 * (02:30 becomes 03:30); one that it shows twice is the first of the two.
 */
export function instantOfLocal(zone: Zone, localMs: number): Instant {
  // Offsets lie within a day of UTC, so only the offsets around this moment can apply; the earliest that fits wins.
  const first = indexAt(zone, localMs - DAY_MS)
  const last = indexAt(zone, localMs + DAY_MS)
  for (let i = first; i <= last; i++) {
    const instant = localMs - zone.offsets[i]!
    if (instant >= zone.starts[i]! && instant < (zone.starts[i + 1] ?? Number.POSITIVE_INFINITY)) return instant
  }
  for (let i = first; i < last; i++) {
    const gapEnd = zone.starts[i + 1]!
    const skipped = gapEnd + zone.offsets[i]! <= localMs && localMs < gapEnd + zone.offsets[i + 1]!
    if (skipped) return localMs - zone.offsets[i]!
  }
  return localMs - offsetAt(zone, localMs)
}

/** First instant of a local day; on a day whose midnight is skipped, the end of the gap. */
export function startOfLocalDay(zone: Zone, dayNumber: number): Instant {
  const localMidnight = dayNumber * DAY_MS
  const instant = instantOfLocal(zone, localMidnight)
  const index = indexAt(zone, instant)
  // Counted past a gap at midnight: the day begins at the gap's end.
  return instant + zone.offsets[index]! > localMidnight ? zone.starts[index]! : instant
}

/**
 * First instant of the day, week (Monday), month, quarter or year that holds an instant, moved by `shift` units
 * (-1 = the unit before).
 */
export function startOfUnit(zone: Zone, unit: CalendarUnitName, instant: Instant, shift = 0): Instant {
  return startOfLocalDay(zone, unitStartDay(unit, localDayNumber(zone, instant), shift))
}

/** Day number on which the unit that holds a day begins, moved by `shift` units. */
export function unitStartDay(unit: CalendarUnitName, dayNumber: number, shift = 0): number {
  if (unit === 'day') return dayNumber + shift
  if (unit === 'week') return (weekNumberOf(dayNumber) + shift) * 7 - 3
  const { year, month } = dateOfDayNumber(dayNumber)
  const size = unit === 'month' ? 1 : unit === 'quarter' ? 3 : 12
  const firstMonth = month - ((month - 1) % size)
  return dayNumberOf(addMonths({ year, month: firstMonth, day: 1 }, shift * size))
}

/**
 * An instant moved by `times` lengths. Seconds to weeks are fixed lengths (a day is 24 hours); months, quarters and years
 * keep the local time of day and clamp to the end of the month.
 */
export function addSpan(zone: Zone, instant: Instant, span: ParsedSpan, times = 1): Instant {
  const fixed = fixedMs(span)
  if (fixed !== null) return instant + fixed * times
  const local = instant + offsetAt(zone, instant)
  const dayNumber = Math.floor(local / DAY_MS)
  const target = dayNumberOf(addMonths(dateOfDayNumber(dayNumber), (calendarMonths(span) ?? 0) * times))
  return instantOfLocal(zone, target * DAY_MS + (local - dayNumber * DAY_MS))
}

export type SinceUnit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years'

/**
 * How long it is from one instant to another, as `since` counts: days and weeks are calendar borders crossed, months and
 * years are completed ones by local date, hours and minutes are whole elapsed ones. Negative when `to` is earlier.
 */
export function unitsBetween(zone: Zone, unit: SinceUnit, from: Instant, to: Instant): number {
  if (unit === 'minutes') return Math.trunc((to - from) / 60_000) || 0
  if (unit === 'hours') return Math.trunc((to - from) / 3_600_000) || 0
  const [fromDay, toDay] = [localDayNumber(zone, from), localDayNumber(zone, to)]
  if (unit === 'days') return toDay - fromDay
  if (unit === 'weeks') return weekNumberOf(toDay) - weekNumberOf(fromDay)
  const months = completedMonths(dateOfDayNumber(fromDay), dateOfDayNumber(toDay))
  return unit === 'months' ? months : Math.trunc(months / 12) || 0
}

const ISO_INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})$/

/** Whether a text has the form of `parseInstant`, in any zone. */
export function isInstantText(text: string): boolean {
  return readInstant(text) !== null
}

/** The instant of `2026-01-31` (start of that local day) or of an ISO time with offset; null for anything else. */
export function parseInstant(zone: Zone, text: string): Instant | null {
  const read = readInstant(text)
  if (read === null) return null
  return read.offsetMs === null ? startOfLocalDay(zone, read.localMs / DAY_MS) : read.localMs - read.offsetMs
}

function readInstant(text: string): { localMs: number; offsetMs: number | null } | null {
  const day = parseCivilDate(text)
  if (day) return { localMs: dayNumberOf(day) * DAY_MS, offsetMs: null }
  const match = ISO_INSTANT.exec(text)
  const date = match && parseCivilDate(match[1]!)
  if (!match || !date) return null
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return null
  const millisecond = Number((match[5] ?? '0').padEnd(3, '0'))
  const localMs = dayNumberOf(date) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond
  const offset = match[6]!
  if (offset === 'Z') return { localMs, offsetMs: 0 }
  const [offsetHours, offsetMinutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4, 6))]
  if (offsetHours > 14 || offsetMinutes > 59) return null
  return { localMs, offsetMs: (offset.startsWith('-') ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000 }
}

function indexAt(zone: Zone, instant: Instant): number {
  let low = 0
  let high = zone.starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (zone.starts[middle]! <= instant) low = middle
    else high = middle - 1
  }
  return low
}
