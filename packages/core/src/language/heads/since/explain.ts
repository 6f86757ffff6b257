import type { ExplainValue, MomentScope } from '../../../explain/head.js'
import { addMonths, dateOfDayNumber, dayNumberOf } from '../../../kernel/calendar.js'
import { ONE } from '../../../kernel/decimal.js'
import { addSpan, localDayNumber, startOfLocalDay, unitStartDay } from '../../../kernel/zone.js'
import type { SinceValue } from '../../document.js'

type Unit = NonNullable<SinceValue['unit']>

/** It grows by itself; a younger date makes it smaller. */
export const explainSince: ExplainValue<SinceValue> = {
  parts: ({ since, until }) => [
    { at: '/since', value: since },
    ...(until === undefined ? [] : [{ at: '/until', value: until }]),
  ],
  missing: (_value, _scope, speaker) => speaker.pick('没有起止日期', 'a date to count from is missing'),
  moments: ({ since, until, unit = 'days' }, scope, compared) => {
    scope.value(since, null)
    if (until !== undefined) {
      scope.value(until, null)
      return
    }
    const dates = scope.dates(since)
    if (compared === null) {
      everyUnit(unit, dates, scope)
      return
    }
    for (const date of dates) {
      for (const number of compared) {
        const whole = Number(number / ONE)
        for (const count of [whole - 1, whole, whole + 1]) {
          for (const moment of arrivals(unit, date, count, scope)) scope.add(moment)
        }
      }
    }
  },
  reach: ({ since, until, unit = 'days' }, goal, scope) => {
    if (goal.kind !== 'number') return []
    const { zone, asOf } = scope.now
    const to = until === undefined ? asOf : scope.now.value(until).value
    if (typeof to !== 'number') return []
    const back = (count: bigint) => addSpan(zone, to, { count: Number(count / ONE), unit: SPANS[unit] }, -1)
    // Fewer units ago is a later date.
    const from = goal.to === null ? null : back(goal.to)
    const oldest = goal.from === null ? null : back(goal.from)
    return scope.value(since, { kind: 'date', from, to: oldest })
  },
}

const SPANS = { minutes: 'min', hours: 'h', days: 'd', weeks: 'w', months: 'mo', years: 'y' } as const
const ELAPSED: Partial<Record<Unit, number>> = { minutes: 60_000, hours: 3_600_000 }

/** When `count` units have passed since the date; elapsed ones before it count backwards and end a millisecond later. */
function arrivals(unit: Unit, date: number, count: number, { zone }: MomentScope): number[] {
  const ms = ELAPSED[unit]
  if (ms !== undefined) return [date + count * ms, date + count * ms + 1]
  const day = localDayNumber(zone, date)
  if (unit === 'days') return [startOfLocalDay(zone, day + count)]
  if (unit === 'weeks') return [startOfLocalDay(zone, unitStartDay('week', day, count))]
  const months = unit === 'months' ? count : count * 12
  const target = dayNumberOf(addMonths(dateOfDayNumber(day), months))
  // Ends of months are clamped, and before the date months are counted from the other side.
  return [-3, -2, -1, 0, 1, 2, 3].map((shift) => startOfLocalDay(zone, target + shift))
}

/** Without a number to compare with, every unit is a change. */
function everyUnit(unit: Unit, dates: readonly number[], scope: MomentScope): void {
  if (dates.length === 0) return
  const ms = ELAPSED[unit]
  if (ms === undefined) {
    scope.grid('day')
    return
  }
  const most = 100
  if ((scope.to - scope.from) / ms > most) scope.uncertain()
  for (const date of dates) {
    const first = Math.max(0, Math.floor((scope.from - date) / ms))
    for (let count = first; count < first + most; count++) scope.add(date + count * ms)
  }
}
