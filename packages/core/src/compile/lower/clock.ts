import type { Catalog } from '../../catalog/catalog.js'
import { type Instant, offsetsBetween, type Zone } from '../../kernel/zone.js'
import type { Field } from '../../language/document.js'
import { call, choose, type Expr, isTrue, number, param } from '../plan/expr.js'
import { localDayOf, offsetOf } from './local-day.js'
import { FIRST_INSTANT, type Lowered, numberOf } from './lowered.js'

/** A moment whose parts are asked for: ms, and the stretch it can lie in. */
export interface Moment {
  readonly millis: Expr
  readonly from: Instant
  readonly to: Instant
  readonly zone: Zone
  readonly catalog: Catalog
}

/** Part of a moment in the workspace's zone; missing when the moment is. */
export function clockField(field: Field, moment: Moment): Lowered {
  return FIELDS[field](moment)
}

const DAY_MS = 86_400_000

function dayOf({ millis, zone, from, to }: Moment): Expr {
  return localDayOf(millis, zone, from, to)
}

const ofDay =
  (name: 'weekdayOfDay' | 'dateOfDay' | 'monthOfDay' | 'quarterOfDay' | 'yearOfDay') =>
  (moment: Moment): Lowered =>
    numberOf('whole', call(name, dayOf(moment)))

const textOfDay =
  (name: 'weekTextOfDay' | 'monthTextOfDay') =>
  (moment: Moment): Lowered => ({ type: 'text', expr: call(name, dayOf(moment)) })

const FIELDS: Readonly<Record<Field, (moment: Moment) => Lowered>> = {
  hour: (moment) => numberOf('whole', call('hourOfLocal', localMillis(moment))),
  weekday: ofDay('weekdayOfDay'),
  day: ofDay('dateOfDay'),
  month: ofDay('monthOfDay'),
  quarter: ofDay('quarterOfDay'),
  year: ofDay('yearOfDay'),
  date: (moment) => {
    const midnight = call('mul64', dayOf(moment), number(DAY_MS))
    return { type: 'date', form: 'millis', expr: dayStartOf(midnight, moment.zone), literal: null }
  },
  week: textOfDay('weekTextOfDay'),
  yearMonth: textOfDay('monthTextOfDay'),
  dayKind: (moment) => {
    const day = dayOf(moment)
    const weekly = choose(
      [{ when: isTrue(call('gt', call('weekdayOfDay', day), number(5))), then: param('String', 'restday') }],
      param('String', 'workday'),
    )
    const listed = listedDays(moment.catalog, ({ kind }) => kind)
    const kind = listed === null ? weekly : call('ifNull', call('nameOfDay', day, ...listed), weekly)
    return { type: 'text', expr: call('onlyWith', day, kind) }
  },
  holiday: (moment) => nameOfDay(moment, ({ holiday }) => holiday),
  promotion: (moment) => nameOfDay(moment, ({ promotion }) => promotion),
}

function nameOfDay(moment: Moment, nameOf: (day: CalendarDay) => string | null): Lowered {
  const listed = listedDays(moment.catalog, nameOf) ?? [param('Array(Int64)', [0]), param('Array(String)', [''])]
  const day = dayOf(moment)
  return { type: 'text', expr: call('onlyWith', day, call('nameOfDay', day, ...listed)) }
}

type CalendarDay = Catalog['calendar'] extends ReadonlyMap<number, infer Day> ? Day : never

/** Days of the calendar that have a name, and their names; null when there are none. */
function listedDays(catalog: Catalog, nameOf: (day: CalendarDay) => string | null): [Expr, Expr] | null {
  const named = [...catalog.calendar].flatMap(([day, entry]): [number, string][] => {
    const name = nameOf(entry)
    return name === null ? [] : [[day, name]]
  })
  if (named.length === 0) return null
  named.sort((a, b) => a[0] - b[0])
  return [
    param(
      'Array(Int64)',
      named.map(([day]) => day),
    ),
    param(
      'Array(String)',
      named.map(([, name]) => name),
    ),
  ]
}

/** Local time as ms: what a clock on the wall shows. */
export function localMillis({ millis, zone, from, to }: Omit<Moment, 'catalog'>): Expr {
  return call('plus64', millis, offsetOf(millis, zone, from, to))
}

/**
 * The instant of a local time (ms). A time that a clock shows twice is the first one; a skipped one is moved on by the gap:
 * the same as `instantOfLocal`.
 */
export function instantOfLocalMillis(local: Expr, zone: Zone): Expr {
  const { starts, offsets } = offsetsBetween(zone, FIRST_INSTANT, LAST_YEARS)
  if (offsets.length === 1) return call('minus', local, number(offsets[0]!))
  const edges = starts.map((start, index) =>
    index === 0 ? FIRST_EDGE : start + Math.max(offsets[index]!, offsets[index - 1]!),
  )
  return call('minus', local, call('lookUp', local, param('Array(Int64)', edges), param('Array(Int64)', offsets)))
}

/** The first instant of the local day that begins at a local midnight (ms): the end of the gap where it is skipped. */
function dayStartOf(midnight: Expr, zone: Zone): Expr {
  const { starts, offsets } = offsetsBetween(zone, FIRST_INSTANT, LAST_YEARS)
  const instant = instantOfLocalMillis(midnight, zone)
  const skipped = starts.flatMap((start, index) => {
    const before = offsets[index - 1]
    if (before === undefined || offsets[index]! <= before) return []
    // Midnights that the clock jumps over when this offset begins.
    const first = Math.ceil((start + before) / DAY_MS) * DAY_MS
    return first < start + offsets[index]! ? [{ midnight: first, start }] : []
  })
  if (skipped.length === 0) return instant
  return choose(
    skipped.map((one) => ({ when: call('eq', midnight, number(one.midnight)), then: number(one.start) })),
    instant,
  )
}

const LAST_YEARS = Date.UTC(2299, 11, 31)
/** Before every local time. */
const FIRST_EDGE = FIRST_INSTANT - 86_400_000_000
