import { localDayOf } from '../../../compile/lower/local-day.js'
import {
  FIRST_INSTANT,
  LAST_INSTANT,
  type LoweredDate,
  literalDate,
  MISSING,
  millisOf,
  numberOf,
} from '../../../compile/lower/lowered.js'
import type { PlanScope, PlanValue } from '../../../compile/lower/scope.js'
import { call, type Expr, number, param } from '../../../compile/plan/expr.js'
import { localDayNumber } from '../../../kernel/zone.js'
import type { SinceValue } from '../../document.js'

/** Calendar borders between two dates (days, weeks), completed ones (months, years), whole elapsed ones (hours, minutes). */
export const planSince: PlanValue<SinceValue> = ({ since, until, unit = 'days' }, scope, path) => {
  const from = scope.value(since, `${path}/since`)
  const to = until === undefined ? literalDate(scope.asOf) : scope.value(until, `${path}/until`)
  if (from.type !== 'date' || to.type !== 'date') return MISSING
  return numberOf('whole', UNITS[unit](from, to, scope))
}

type Between = (from: LoweredDate, to: LoweredDate, scope: PlanScope) => Expr

const elapsed =
  (ms: number): Between =>
  (from, to) =>
    call('wholeDivide', call('minus', millisOf(to), millisOf(from)), number(ms))

const onDays =
  (between: (fromDay: Expr, toDay: Expr) => Expr): Between =>
  (from, to, scope) =>
    between(dayOf(from, scope), dayOf(to, scope))

function dayOf(date: LoweredDate, scope: PlanScope): Expr {
  if (date.literal !== null) return param('Int64', localDayNumber(scope.zone, date.literal))
  return localDayOf(millisOf(date), scope.zone, FIRST_INSTANT, LAST_INSTANT)
}

const UNITS: Readonly<Record<NonNullable<SinceValue['unit']>, Between>> = {
  minutes: elapsed(60_000),
  hours: elapsed(3_600_000),
  days: onDays((from, to) => call('minus', to, from)),
  weeks: onDays((from, to) => call('minus', call('weekOfDay', to), call('weekOfDay', from))),
  months: onDays((from, to) => call('monthsBetween', from, to)),
  years: onDays((from, to) => call('wholeDivide', call('monthsBetween', from, to), number(12))),
}
