/** Lengths of time as they are written in definitions: `30d`, `3mo`, `12h`. */
export type SpanUnit = 's' | 'min' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y'

export interface ParsedSpan {
  /** Whole and positive. */
  readonly count: number
  readonly unit: SpanUnit
}

export const SPAN_UNITS: readonly SpanUnit[] = ['s', 'min', 'h', 'd', 'w', 'mo', 'q', 'y']

const FIXED_MS: Partial<Record<SpanUnit, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const MONTHS: Partial<Record<SpanUnit, number>> = { mo: 1, q: 3, y: 12 }
/** Two hundred years: longer lengths are slips, and keep every instant inside the calendar. */
const LONGEST_MS = 200 * 366 * 86_400_000

/** The length a text names, or null. `3m` is null: it could be minutes or months. */
export function parseSpan(text: string): ParsedSpan | null {
  const match = /^([1-9]\d{0,8})(s|min|h|d|w|mo|q|y)$/.exec(text)
  if (!match) return null
  const span: ParsedSpan = { count: Number(match[1]), unit: match[2] as SpanUnit }
  return roughMs(span) <= LONGEST_MS ? span : null
}

/** Milliseconds of a length made of seconds, minutes, hours, days of 24 hours or weeks; null for calendar lengths. */
export function fixedMs(span: ParsedSpan): number | null {
  const unit = FIXED_MS[span.unit]
  return unit === undefined ? null : unit * span.count
}

/** Months of a calendar length (months, quarters, years); null for fixed lengths. */
export function calendarMonths(span: ParsedSpan): number | null {
  const unit = MONTHS[span.unit]
  return unit === undefined ? null : unit * span.count
}

/** Milliseconds for comparing lengths only: a month counts as 31 days. Never use it to place an instant. */
export function roughMs(span: ParsedSpan): number {
  return fixedMs(span) ?? (calendarMonths(span) ?? 0) * 31 * 86_400_000
}
