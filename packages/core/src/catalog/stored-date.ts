import { type Instant, instantOfLocal, type Zone } from '../kernel/zone.js'

/** First instant that the engine can hold. */
export const EARLIEST_INSTANT: Instant = Date.UTC(1900, 0, 1)
/** First instant that is too late for it. */
export const LATEST_INSTANT: Instant = Date.UTC(2299, 11, 31)

const DATE =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]{1,2}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/

/** Whether a text is certainly a date: year, month, day with dashes, and perhaps a time. */
export function looksLikeDate(text: string): boolean {
  return text.length >= 8 && text.length <= 40 && /^\d{4}-\d{2}-\d{2}(?:$|[T ]\d)/.test(text) && DATE.test(text)
}

/**
 * The instant of a date value. Text without an offset is local time of the workspace, a day without a time its local
 * midnight; a number is ms since 1970 UTC. null = no date between 1900 and 2299.
 */
export function storedDate(input: string | number, zone: Zone): Instant | null {
  const instant = typeof input === 'number' ? input : parse(input.trim(), zone)
  if (instant === null || !Number.isFinite(instant)) return null
  const whole = Math.trunc(instant)
  return whole >= EARLIEST_INSTANT && whole < LATEST_INSTANT ? whole : null
}

function parse(text: string, zone: Zone): Instant | null {
  const found = DATE.exec(text)
  if (found === null) return null
  const [year, month, day] = [Number(found[1]), Number(found[3]), Number(found[4])]
  const [hour, minute, second] = [Number(found[5] ?? 0), Number(found[6] ?? 0), Number(found[7] ?? 0)]
  const millisecond = found[8] === undefined ? 0 : Number(found[8].slice(0, 3).padEnd(3, '0'))
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 59) return null
  if (hour === 24 && (minute > 0 || second > 0 || millisecond > 0)) return null
  const midnight = Date.UTC(year, month - 1, day)
  if (year < 100 || new Date(midnight).getUTCDate() !== day) return null
  const local = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
  const offset = found[9]
  if (offset === undefined) return instantOfLocal(zone, local)
  if (offset === 'Z') return local
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))
  return local - (offset[0] === '-' ? -minutes : minutes) * 60_000
}

/** Spelling of an instant in a ClickHouse row: `2026-01-31 08:00:00.000` (UTC). */
export function instantText(instant: Instant): string {
  const iso = new Date(instant).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`
}
