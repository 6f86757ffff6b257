import type { Catalog } from '../../../catalog/catalog.js'
import { dateOfDayNumber, dayNumberOf, weekdayOf } from '../../../kernel/calendar.js'
import { ONE } from '../../../kernel/decimal.js'
import { localDayNumber, localTimeOf, startOfLocalDay, type Zone } from '../../../kernel/zone.js'
import type { Field } from '../../document.js'
import type { EventScopeValue } from '../../event-scope/event-scope.js'

/** One part of a moment on the workspace's clock and calendar; null = no holiday, no promotion. */
export function clockField(field: Field, instant: number, catalog: Catalog, zone: Zone): EventScopeValue {
  const day = localDayNumber(zone, instant)
  switch (field) {
    case 'hour':
      return whole(localTimeOf(zone, instant).hour)
    case 'weekday':
      return whole(weekdayOf(day))
    case 'day':
      return whole(dateOfDayNumber(day).day)
    case 'month':
      return whole(dateOfDayNumber(day).month)
    case 'quarter':
      return whole(Math.ceil(dateOfDayNumber(day).month / 3))
    case 'year':
      return whole(dateOfDayNumber(day).year)
    case 'date':
      return startOfLocalDay(zone, day)
    case 'week':
      return isoWeek(day)
    case 'yearMonth': {
      const { year, month } = dateOfDayNumber(day)
      return `${padded(year, 4)}-${padded(month, 2)}`
    }
    case 'dayKind':
      return catalog.calendar.get(day)?.kind ?? (weekdayOf(day) > 5 ? 'restday' : 'workday')
    case 'holiday':
      return catalog.calendar.get(day)?.holiday ?? null
    case 'promotion':
      return catalog.calendar.get(day)?.promotion ?? null
  }
}

/** `2026-W01`: a week belongs to the year its Thursday lies in. */
export function isoWeek(dayNumber: number): string {
  const thursday = dayNumber + 4 - weekdayOf(dayNumber)
  const { year } = dateOfDayNumber(thursday)
  const week = Math.floor((thursday - dayNumberOf({ year, month: 1, day: 1 })) / 7) + 1
  return `${padded(year, 4)}-W${padded(week, 2)}`
}

function whole(value: number): bigint {
  return BigInt(value) * ONE
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, '0')
}
