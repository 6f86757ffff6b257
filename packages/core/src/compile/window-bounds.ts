import { type ParsedSpan, parseSpan, type SpanUnit } from '../kernel/span.js'
import { addSpan, type CalendarUnitName, type Instant, startOfUnit, type Zone } from '../kernel/zone.js'
import type { AnchoredWindow, Span, Window } from '../language/document.js'

/** Half-open bounds of a window: `from <= t < to`; null = without end on that side. */
export interface Bounds {
  readonly from: Instant | null
  readonly to: Instant | null
}

/** Windows whose bounds need nothing but the moment of computation. */
export type FixedWindow = Exclude<Window, AnchoredWindow | { period: string }>

/**
 * Bounds of a window over events, cut at `asOf`; null when it has not begun: its value is missing then, not 0. Made once
 * here and bound both to SQL and to the evaluator, so that no engine decides where a day begins.
 */
export function eventBounds(window: FixedWindow, asOf: Instant, zone: Zone): Bounds | null {
  const bounds = uncutBounds(window, asOf, zone, asOf)
  const to = bounds.to === null || bounds.to > asOf ? asOf : bounds.to
  if (bounds.from !== null && bounds.from >= asOf) return null
  return { from: bounds.from, to }
}

/** Bounds of a window that a date is compared with: `this: month` is the whole month, and windows may lie ahead. */
export function dateBounds(window: FixedWindow, asOf: Instant, zone: Zone): Bounds {
  return uncutBounds(window, asOf, zone, null)
}

/** `thisEnd`: where a running unit ends; null = at its own end. */
function uncutBounds(window: FixedWindow, asOf: Instant, zone: Zone, thisEnd: Instant | null): Bounds {
  if (window === 'ever') return { from: null, to: null }
  if ('last' in window) {
    return shifted({ from: addSpan(zone, asOf, spanOf(window.last), -1), to: asOf }, window.ago, zone)
  }
  if ('complete' in window) {
    const span = spanOf(window.complete)
    const to = startOfSpanUnit(zone, span.unit, asOf, 0)
    return shifted({ from: startOfSpanUnit(zone, span.unit, asOf, -span.count), to }, window.ago, zone)
  }
  if ('this' in window) {
    const from = startOfUnit(zone, window.this, asOf)
    return shifted({ from, to: thisEnd ?? startOfUnit(zone, window.this, asOf, 1) }, window.ago, zone)
  }
  if ('next' in window) return { from: asOf, to: addSpan(zone, asOf, spanOf(window.next)) }
  const span = spanOf(window.coming)
  return { from: startOfSpanUnit(zone, span.unit, asOf, 1), to: startOfSpanUnit(zone, span.unit, asOf, span.count + 1) }
}

/** `ago` moves both ends, so this month up to now becomes last month up to the same day. */
function shifted(bounds: { from: Instant; to: Instant }, ago: Span | undefined, zone: Zone): Bounds {
  if (ago === undefined) return bounds
  const span = spanOf(ago)
  return { from: addSpan(zone, bounds.from, span, -1), to: addSpan(zone, bounds.to, span, -1) }
}

const UNIT_OF_SPAN: Readonly<Partial<Record<SpanUnit, CalendarUnitName>>> = {
  d: 'day',
  w: 'week',
  mo: 'month',
  q: 'quarter',
  y: 'year',
}

/** First instant of the calendar unit that holds an instant, moved by `shift` units. */
function startOfSpanUnit(zone: Zone, unit: SpanUnit, instant: Instant, shift: number): Instant {
  return startOfUnit(zone, UNIT_OF_SPAN[unit] ?? 'day', instant, shift)
}

/** A span of a resolved document; whatever cannot be read counts as nothing. */
export function spanOf(text: Span): ParsedSpan {
  return parseSpan(text) ?? { count: 0, unit: 's' }
}
