import { type Instant, offsetsBetween, type Zone } from '../../kernel/zone.js'
import { call, type Expr, number, param } from '../plan/expr.js'
import { FIRST_INSTANT } from './lowered.js'

/** Up to here it is cheaper to compare with every change of the clock than to look it up. */
const MOST_STEPS = 12

/**
 * Number of the local day an instant (ms, between `from` and `to`) lies in, by the bound table of offsets: no time-zone
 * function of the database is asked.
 */
export function localDayOf(millis: Expr, zone: Zone, from: Instant, to: Instant): Expr {
  return call('localDay', millis, offsetOf(millis, zone, from, to))
}

/** Offset of the local time (ms) at an instant (ms, between `from` and `to`). */
export function offsetOf(millis: Expr, zone: Zone, from: Instant, to: Instant): Expr {
  const { starts, offsets } = offsetsBetween(zone, from, to)
  if (offsets.length === 1) return number(offsets[0]!)
  if (offsets.length <= MOST_STEPS) {
    const steps = offsets.slice(1).flatMap((offset, index) => [starts[index + 1]!, offset - offsets[index]!])
    return call('steps', millis, ...[offsets[0]!, ...steps].map(number))
  }
  // The first start may be -Infinity; whatever lies before the table has the first offset.
  const bound = starts.map((start) => Math.max(start, FIRST_INSTANT - 86_400_000_000))
  return call('lookUp', millis, param('Array(Int64)', bound), param('Array(Int64)', offsets))
}
