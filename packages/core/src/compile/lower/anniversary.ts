import { dateOfDayNumber } from '../../kernel/calendar.js'
import { localDayNumber, type Zone } from '../../kernel/zone.js'
import { and, call, choose, type Expr, number, or } from '../plan/expr.js'
import type { Bounds } from '../window-bounds.js'
import { localDayOf } from './local-day.js'
import { FIRST_INSTANT, LAST_INSTANT, type LoweredDate, millisOf } from './lowered.js'

const LEAP_DAY = 229
const DAY_BEFORE = 228

/**
 * Whether a yearly return of a date lies in a window that has two ends: on a local day the window touches, in a later year
 * than the date itself. 29 February returns on the 28th in other years.
 */
export function anniversaryIn(date: LoweredDate, bounds: Bounds, zone: Zone): Expr {
  const day = localDayOf(millisOf(date), zone, FIRST_INSTANT, LAST_INSTANT)
  const [year, monthDay] = [call('yearOfDay', day), call('monthDayOfDay', day)]
  const [first, last] = windowDays(bounds, zone)
  const returns: Expr[] = []
  // Whole years between the first and the last hold every return: the latest of them says it all.
  if (last.year - first.year > 1) returns.push(call('lt', year, number(last.year - 1)))
  for (const one of new Set([first.year, last.year])) {
    const [from, to] = [one === first.year ? first.monthDay : 0, one === last.year ? last.monthDay : 1231]
    const returned = isLeap(one)
      ? monthDay
      : choose([{ when: call('eq', monthDay, number(LEAP_DAY)), then: number(DAY_BEFORE) }], monthDay)
    returns.push(
      and([call('lt', year, number(one)), call('gte', returned, number(from)), call('lte', returned, number(to))]),
    )
  }
  return or(returns)
}

function windowDays({ from, to }: Bounds, zone: Zone) {
  return [from ?? FIRST_INSTANT, to === null ? LAST_INSTANT : to - 1].map((instant) => {
    const { year, month, day } = dateOfDayNumber(localDayNumber(zone, instant))
    return { year, monthDay: month * 100 + day }
  }) as [{ year: number; monthDay: number }, { year: number; monthDay: number }]
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}
