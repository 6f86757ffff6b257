import { spanOf } from '../../../compile/window-bounds.js'
import { fixedMs } from '../../../kernel/span.js'
import type { Span } from '../../document.js'

/** Steps a half-life is divided into. */
export const DECAY_STEPS = 64
/** Half-lives after which nothing is left of 8 decimals. */
const HALF_LIVES = 27
const DIGITS = 10n ** 60n
const SCALE = 10n ** 8n
const DAY_MS = 86_400_000
/** Calendar lengths as a decay takes them: it needs no calendar. */
const CALENDAR_DAYS = { mo: 30, q: 90, y: 365 } as const

/**
 * What is left of a weight after k steps of 1/64 half-life, times 10^8 and cut: `trunc(2^(−k/64) × 10^8)`. Both engines
 * use these whole numbers, so that no power of a float decides an order.
 */
export const DECAY: readonly bigint[] = makeDecay()

/** Milliseconds of a half-life. */
export function halfLifeMs(halfLife: Span): number {
  const span = spanOf(halfLife)
  return fixedMs(span) ?? span.count * CALENDAR_DAYS[span.unit as keyof typeof CALENDAR_DAYS] * DAY_MS
}

/** The factor (times 10^8) of something that happened `ageMs` ago. */
export function decayAfter(ageMs: number, halfLife: Span): bigint {
  return DECAY[Math.floor((ageMs * DECAY_STEPS) / halfLifeMs(halfLife))] ?? 0n
}

function makeDecay(): bigint[] {
  // 2^(−1/64) to 60 digits: six times the square root of one half.
  let step = DIGITS / 2n
  for (let half = 1; half < DECAY_STEPS; half *= 2) step = rootOf(step * DIGITS)
  const decay: bigint[] = []
  let left = DIGITS
  for (let k = 0; k < DECAY_STEPS * HALF_LIVES; k++) {
    // Whole half-lives are exact: rounding does not add up.
    if (k % DECAY_STEPS === 0) left = DIGITS >> BigInt(k / DECAY_STEPS)
    decay.push((left * SCALE) / DIGITS)
    left = (left * step) / DIGITS
  }
  return decay
}

/** Whole square root, by Newton's steps from above. */
function rootOf(value: bigint): bigint {
  let root = value
  for (let next = (value + 1n) / 2n; next < root; next = (root + value / root) / 2n) root = next
  return root
}
