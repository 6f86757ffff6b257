import { type Bounds, dateBounds, eventBounds, type FixedWindow, spanOf } from '../compile/window-bounds.js'
import { dateOfDayNumber, dayNumberOf, daysInMonth } from '../kernel/calendar.js'
import { addSpan, localDayNumber, parseInstant, startOfUnit, type Zone } from '../kernel/zone.js'
import type { AnchoredWindow, At, InstantText, Span, Value, Window } from '../language/document.js'
import type { EvaluateScope } from './scope.js'

/** Bounds of a window over events, cut at the moment; null when it has not begun or an anchor is missing. */
export function eventWindow(window: Window, scope: EvaluateScope): Bounds | null {
  if (isFixed(window)) return eventBounds(window, scope.asOf, scope.zone)
  const { asOf } = scope
  const uncut = 'period' in window ? periodOf(window.period, scope) : anchoredBounds(window, scope)
  if (uncut === null || (uncut.start !== null && uncut.start >= asOf)) return null
  return { from: uncut.from, to: uncut.to === null || uncut.to > asOf ? asOf : uncut.to }
}

/** Bounds of a window that a date is compared with, uncut; null when an anchor is missing. */
export function dateWindow(window: Window, scope: EvaluateScope): Bounds | null {
  if (isFixed(window)) return dateBounds(window, scope.asOf, scope.zone)
  return 'period' in window ? periodOf(window.period, scope) : anchoredBounds(window, scope)
}

interface Uncut extends Bounds {
  /** Where it begins, skipped part left out; null = without beginning. `after` leaves this instant itself out. */
  readonly start: number | null
}

function isFixed(window: Window): window is FixedWindow {
  return typeof window === 'string' || !('period' in window || 'from' in window || 'after' in window || 'to' in window)
}

function periodOf(id: string, { catalog }: EvaluateScope): Uncut | null {
  const period = catalog.periods.get(id)
  return period === undefined ? null : { start: period.from, from: period.from, to: period.to }
}

function anchoredBounds(window: AnchoredWindow, scope: EvaluateScope): Uncut | null {
  const { zone } = scope
  const begin = window.from ?? window.after
  const anchor = begin === undefined ? null : momentOfEdge(begin, scope)
  const end = window.to === undefined ? null : momentOfEdge(window.to, scope)
  if ((begin !== undefined && anchor === null) || (window.to !== undefined && end === null)) return null
  const moved = (instant: number, by: Span | undefined, times = 1): number =>
    by === undefined ? instant : addSpan(zone, instant, spanOf(by), times)
  if (anchor === null) {
    const start = end === null || window.for === undefined ? null : moved(end, window.for, -1)
    return { start, from: start, to: end }
  }
  const start = moved(anchor, window.skip)
  const to = end ?? (window.for === undefined ? null : moved(start, window.for))
  // Instants are whole milliseconds: "after" is from the next one.
  return { start, from: window.from === undefined ? start + 1 : start, to }
}

function momentOfEdge(edge: InstantText | Value, scope: EvaluateScope): number | null {
  if (typeof edge === 'string') return parseInstant(scope.zone, edge)
  const { value } = scope.value(edge)
  return typeof value === 'number' ? value : null
}

/** The moment `ago` or `at` means; null when it lies ahead. */
export function momentThen({ ago, at }: { ago?: Span; at?: At }, asOf: number, zone: Zone): number | null {
  if (ago !== undefined) return addSpan(zone, asOf, spanOf(ago), -1)
  if (at === undefined) return asOf
  const moment = typeof at === 'string' ? parseInstant(zone, at) : startOfUnit(zone, at.start, asOf)
  return moment === null || moment > asOf ? null : moment
}

/**
 * Whether the date returns on a local day between two instants, in a later year than its own; 29 February returns on the
 * 28th in other years.
 */
export function returnsBetween(instant: number, from: number, to: number, zone: Zone): boolean {
  const date = dateOfDayNumber(localDayNumber(zone, instant))
  const [first, last] = [localDayNumber(zone, from), localDayNumber(zone, to - 1)]
  for (let year = Math.max(date.year + 1, dateOfDayNumber(first).year); year <= dateOfDayNumber(last).year; year++) {
    const day = Math.min(date.day, daysInMonth(year, date.month))
    const returned = dayNumberOf({ year, month: date.month, day })
    if (returned >= first && returned <= last) return true
  }
  return false
}
