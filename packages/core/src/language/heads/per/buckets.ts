import { spanOf } from '../../../compile/window-bounds.js'
import type { EvaluateScope, Row } from '../../../evaluate/scope.js'
import { dateOfDayNumber, weekNumberOf } from '../../../kernel/calendar.js'
import { addSpan, localDayNumber, offsetAt, type Zone } from '../../../kernel/zone.js'
import type { PerValue } from '../../document.js'
import { evaluateEventValue } from '../../event-scope/evaluate-event-value.js'

/** Buckets that follow each other without end, so that runs of them can be counted. */
export type CalendarBucket = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

const CALENDAR = new Set<unknown>(['hour', 'day', 'week', 'month', 'quarter', 'year'])

/** Whether the buckets are hours, days … of the calendar. */
export function isCalendarBucket(per: PerValue['per']): per is CalendarBucket {
  return CALENDAR.has(per)
}

/** Number of the local hour, day, week … an instant lies in; neighbours differ by 1. */
export function bucketNumber(per: CalendarBucket, instant: number, zone: Zone): number {
  if (per === 'hour') return Math.floor((instant + offsetAt(zone, instant)) / 3_600_000)
  const day = localDayNumber(zone, instant)
  if (per === 'day') return day
  if (per === 'week') return weekNumberOf(day)
  const { year, month } = dateOfDayNumber(day)
  if (per === 'month') return year * 12 + month - 1
  return per === 'quarter' ? year * 4 + Math.floor((month - 1) / 3) : year
}

/** Rows by bucket, those of the calendar in rising order; a row without a value for the bucket is in none. */
export function bucketsOf(per: PerValue['per'], rows: readonly Row[], { zone }: EvaluateScope): (readonly Row[])[] {
  if (typeof per === 'object' && 'session' in per) return sessionsOf(rows, per.session, zone)
  const buckets = new Map<unknown, Row[]>()
  const put = (key: unknown, row: Row): void => {
    const bucket = buckets.get(key)
    if (bucket === undefined) buckets.set(key, [row])
    else bucket.push(row)
  }
  for (const row of rows) {
    if (typeof per !== 'object') put(per === 'event' ? row.seq : bucketNumber(per, row.ts, zone), row)
    else {
      const { prop } = per
      const value = evaluateEventValue(typeof prop === 'string' ? { prop } : prop, row.scope)
      if (typeof value !== 'object') put(value, row)
      else for (const element of new Set(value ?? [])) put(element, row)
    }
  }
  if (!isCalendarBucket(per)) return [...buckets.values()]
  // Where clocks are set back, a later row may lie in an earlier hour.
  return [...buckets].sort(([a], [b]) => (a as number) - (b as number)).map(([, bucket]) => bucket)
}

/** A new session begins where more than the span lies between a row and the one before. */
function sessionsOf(rows: readonly Row[], span: string, zone: Zone): Row[][] {
  const sessions: Row[][] = []
  const length = spanOf(span)
  let last: Row | undefined
  for (const row of rows) {
    if (last === undefined || row.ts > addSpan(zone, last.ts, length)) sessions.push([row])
    else sessions.at(-1)!.push(row)
    last = row
  }
  return sessions
}
