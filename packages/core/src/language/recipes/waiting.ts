import { calendarMonths, fixedMs, parseSpan } from '../../kernel/span.js'
import type { Condition, SinceValue, Span, Value } from '../document.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** That at least a span has passed since a date: whole hours or minutes, or completed months of a calendar length. */
export function isOver(since: Value, wait: Span): Condition {
  const span = parseSpan(wait)!
  const ms = fixedMs(span)
  const [unit, count]: [SinceValue['unit'], number] =
    ms === null
      ? ['months', calendarMonths(span)!]
      : ms % HOUR_MS === 0
        ? ['hours', ms / HOUR_MS]
        : ['minutes', Math.ceil(ms / MINUTE_MS)]
  return { since, unit: unit!, gte: count }
}
