import { spanOf } from '../compile/window-bounds.js'
import { dateOfDayNumber } from '../kernel/calendar.js'
import { calendarMonths } from '../kernel/span.js'
import {
  addSpan,
  type CalendarUnitName,
  type Instant,
  localDayNumber,
  offsetAt,
  startOfLocalDay,
  startOfUnit,
  type Zone,
} from '../kernel/zone.js'
import type { Span, Window } from '../language/document.js'

const DAY = 86_400_000

/**
 * The moment `spans` after an instant: from there on (a millisecond later for what must be *more* than so long ago) a
 * window that looks back so far looks past it. Calendar lengths clamp to ends of months and skip over changed clocks, so
 * around those also every moment at which they may come out otherwise.
 */
export function momentsLater(
  zone: Zone,
  instant: Instant,
  spans: readonly Span[],
  times: 1 | -1 = 1,
): readonly Instant[] {
  const parsed = spans.map(spanOf)
  let base = instant
  for (const span of parsed) base = addSpan(zone, base, span, times)
  if (!parsed.some((span) => calendarMonths(span) !== null)) return [base, base + 1]
  const isNearEnd = [instant, base].some((one) => {
    const { day } = dateOfDayNumber(localDayNumber(zone, one))
    return day >= 27 || day === 1
  })
  const shifts = [...new Set([-DAY, 0, DAY].map((by) => offsetAt(zone, base + by) - offsetAt(zone, instant)))]
  const around = isNearEnd ? [-4, -3, -2, -1, 0, 1, 2, 3, 4] : [0]
  const found: Instant[] = []
  for (const days of around) {
    const same = addSpan(zone, base, { count: Math.abs(days) || 0, unit: 'd' }, Math.sign(days))
    for (const moment of [
      same,
      ...(shifts.length > 1 ? [same - 3_600_000, same + 3_600_000, same - 1_800_000, same + 1_800_000] : []),
    ]) {
      found.push(moment, moment + 1)
    }
    if (!isNearEnd) continue
    const start = startOfLocalDay(zone, localDayNumber(zone, same))
    found.push(start, start + 1)
  }
  return found
}

/** When a row or date at `point` goes into and out of a window that needs no anchor, as the moment of asking moves on. */
export function windowMoments(
  zone: Zone,
  window: Exclude<Window, object> | Window,
  point: Instant,
): readonly Instant[] {
  if (window === 'ever') return [point + 1]
  const own = [point + 1]
  if ('last' in window) {
    const ago = spansOf(window.ago)
    return [...own, ...momentsLater(zone, point, ago), ...momentsLater(zone, point, [...ago, window.last])]
  }
  if ('this' in window) {
    const ago = spansOf(window.ago)
    return [...own, ...momentsLater(zone, point, ago), ...unitStarts(zone, window.this, point, ago, [-1, 0, 1, 2])]
  }
  if ('complete' in window) {
    const { count, unit } = spanOf(window.complete)
    const shifts = [0, 1, 2, count, count + 1, count + 2]
    return [...own, ...unitStarts(zone, UNIT_OF_SPAN[unit] ?? 'day', point, spansOf(window.ago), shifts)]
  }
  if ('next' in window) return [...own, ...momentsLater(zone, point, [window.next], -1)]
  if ('coming' in window) {
    const { count, unit } = spanOf(window.coming)
    return [...own, ...unitStarts(zone, UNIT_OF_SPAN[unit] ?? 'day', point, [], [-count - 1, -count, -1, 0, 1])]
  }
  return own
}

const UNIT_OF_SPAN: Readonly<Record<string, CalendarUnitName>> = {
  d: 'day',
  w: 'week',
  mo: 'month',
  q: 'quarter',
  y: 'year',
}

function spansOf(ago: Span | undefined): Span[] {
  return ago === undefined ? [] : [ago]
}

/** Starts of units around the moment that is `spans` later, and the millisecond after, when they have begun. */
function unitStarts(
  zone: Zone,
  unit: CalendarUnitName,
  point: Instant,
  spans: readonly Span[],
  shifts: readonly number[],
): Instant[] {
  const [base] = spans.length === 0 ? [point] : momentsLater(zone, point, spans)
  return [...new Set(shifts)].flatMap((shift) => {
    const start = startOfUnit(zone, unit, base!, shift)
    return [start, start + 1]
  })
}
