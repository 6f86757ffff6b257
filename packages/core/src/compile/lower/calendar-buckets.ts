import { call, type Expr } from '../plan/expr.js'
import { localMillis, type Moment } from './clock.js'
import { localDayOf } from './local-day.js'

/** Units of the local calendar that rows are put together by. */
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** Running number of the local calendar unit a moment lies in: neighbouring units differ by 1. */
export function bucketNumber(unit: CalendarUnit, moment: Moment): Expr {
  if (unit === 'hour') return call('localHour', localMillis(moment))
  const day = localDayOf(moment.millis, moment.zone, moment.from, moment.to)
  return unit === 'day' ? day : call(OF_DAY[unit], day)
}

const OF_DAY = {
  week: 'weekOfDay',
  month: 'monthIndexOfDay',
  quarter: 'quarterIndexOfDay',
  year: 'yearOfDay',
} as const
