import { calendarMonths, fixedMs } from '../../kernel/span.js'
import type { Zone } from '../../kernel/zone.js'
import type { Span } from '../../language/document.js'
import { call, type Expr, number } from '../plan/expr.js'
import { spanOf } from '../window-bounds.js'
import { instantOfLocalMillis, localMillis } from './clock.js'
import { FIRST_INSTANT, LAST_INSTANT } from './lowered.js'

/** An instant (ms) moved by a span; months are clamped to their end and keep the local time, as `addSpan` does. */
export function addSpanTo(millis: Expr, span: Span, zone: Zone, times = 1): Expr {
  const parsed = spanOf(span)
  const fixed = fixedMs(parsed)
  if (fixed !== null) return call('plus64', millis, number(fixed * times))
  const moment = { millis, zone, from: FIRST_INSTANT, to: LAST_INSTANT }
  const months = number((calendarMonths(parsed) ?? 0) * times)
  return instantOfLocalMillis(call('addMonthsToLocal', localMillis(moment), months), zone)
}
