import { type Instant, instantOfLocal, type Zone } from '../../../kernel/zone.js'

/**
 * Makes a fast reader of local clock readings (ms as if they were UTC): it remembers the stretch of unambiguous time around
 * the last reading, so that rows of one season cost no search. Equal to `instantOfLocal`.
 */
export function makeLocalClock(zone: Zone): (localMs: number) => Instant {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  let offset = 0
  return (localMs) => {
    if (localMs >= from && localMs < to) return localMs - offset
    const instant = instantOfLocal(zone, localMs)
    const index = zone.starts.findLastIndex((start) => start <= instant)
    offset = zone.offsets[index]!
    // Near a change of the offset a reading may be skipped or shown twice: only what lies a day inside is remembered.
    from = zone.starts[index]! + DAY_MS
    to = (zone.starts[index + 1] ?? Number.POSITIVE_INFINITY) - DAY_MS
    return instant
  }
}

const DAY_MS = 86_400_000
