/** A clock reading: ms as if it were UTC, or an instant when the text names its offset. */
export interface ReadDate {
  readonly ms: number
  readonly isInstant: boolean
  /** Only a day, no time of day. */
  readonly isDay: boolean
}
export type DateReader = (cell: string | number) => ReadDate | null

/** Day 0 of Excel's count from 1900, for serials from 61 on. */
const EXCEL_EPOCH = Date.UTC(1899, 11, 30)

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<y>\\d{4})',
  yy: '(?<yy>\\d{2})',
  MM: '(?<M>\\d{2})',
  M: '(?<M>\\d{1,2})',
  dd: '(?<d>\\d{2})',
  d: '(?<d>\\d{1,2})',
  HH: '(?<H>\\d{2})',
  H: '(?<H>\\d{1,2})',
  hh: '(?<h>\\d{2})',
  h: '(?<h>\\d{1,2})',
  mm: '(?<m>\\d{2})',
  m: '(?<m>\\d{1,2})',
  ss: '(?<s>\\d{2})',
  s: '(?<s>\\d{1,2})',
  SSS: '(?<f>\\d{1,9})',
  a: '(?<a>[AaPp]\\.?[Mm]\\.?|上午|下午)',
  Z: '(?<z>Z|[+-]\\d{2}:?\\d{2})',
}
const TOKEN = /yyyy|yy|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|SSS|a|Z|'[^']*'|[\s\S]/g

/** Named formats that are no pattern. */
const NAMED: Readonly<Record<string, DateReader>> = {
  excel: (cell) => {
    const serial = typeof cell === 'number' ? cell : /^\d{1,7}(\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN
    if (!(serial >= 1 && serial < 2_958_466)) return null
    const days = serial < 60 ? serial + 1 : serial
    // Excel keeps times as fractions of a day; a second is what was meant.
    const seconds = Math.round(days * 86_400 * 1000) / 1000
    const whole = Math.abs(seconds - Math.round(seconds)) < 0.005 ? Math.round(seconds) : seconds
    return { ms: EXCEL_EPOCH + Math.round(whole * 1000), isInstant: false, isDay: Number.isInteger(serial) }
  },
  unix: (cell) => instant(cell, 1000),
  unix_ms: (cell) => instant(cell, 1),
}

/**
 * Makes the reader of a format: `excel`, `unix`, `unix_ms`, or a pattern of yyyy yy M MM d dd H HH h hh m mm s ss SSS a Z and
 * other characters as they are (letters in quotes). null = no such format.
 */
export function dateReader(format: string): DateReader | null {
  if (Object.hasOwn(NAMED, format)) return NAMED[format]!
  let pattern = ''
  const used = new Set<string>()
  for (const token of format.match(TOKEN) ?? []) {
    const group = Object.hasOwn(TOKENS, token) ? TOKENS[token]! : undefined
    if (group === undefined) {
      if (/^[A-Za-z]$/.test(token) && token !== 'T') return null
      pattern += escapePattern(token.length > 1 ? token.slice(1, -1) : token)
      continue
    }
    const name = group.slice(3, group.indexOf('>'))
    if (used.has(name)) return null
    used.add(name)
    pattern += group
  }
  if (!(used.has('y') || used.has('yy')) || !used.has('M') || !used.has('d')) return null
  const matcher = new RegExp(`^${pattern}$`)
  return (cell) => {
    const found = matcher.exec(typeof cell === 'number' ? String(cell) : cell)
    return found === null ? null : fromParts(found.groups as Partial<Record<string, string>>)
  }
}

const UNAMBIGUOUS =
  /^(?<y>\d{4})(?:[-/.年])(?<M>\d{1,2})(?:[-/.月])(?<d>\d{1,2})日?(?:[T ]{1,2}(?<H>\d{1,2})[:：时點点](?:(?<m>\d{1,2})分?)(?:[:：]?(?<s>\d{1,2})(?:[.,](?<f>\d{1,9}))?秒?)?)?\s*(?<z>Z|[+-]\d{2}:?\d{2})?$/
const COMPACT = /^(?<y>\d{4})(?<M>\d{2})(?<d>\d{2})(?:[T ]?(?<H>\d{2})(?<m>\d{2})(?<s>\d{2})?)?$/

/**
 * Reads every date that can be meant in one way only: year first with any separator (2010-12-01, 2010/12/1, 2026年1月2日),
 * compact digits (20101201, 20101201082600), ISO with offset, ms since 1970 as numbers of 12 to 13 digits, and numbers in the
 * range of today's Excel serials. Day-first and month-first dates need their format.
 */
export const readUnambiguousDate: DateReader = (cell) => {
  if (typeof cell === 'number') {
    if (cell >= 1e11 && cell < 1e13) return instant(cell, 1)
    if (cell >= 20_000 && cell < 80_000) return NAMED.excel!(cell)
    return readUnambiguousDate(String(cell))
  }
  const fast = readPlainIso(cell)
  if (fast !== null) return fast
  const found = UNAMBIGUOUS.exec(cell) ?? COMPACT.exec(cell)
  if (found !== null) return fromParts(found.groups as Partial<Record<string, string>>)
  return /^1\d{12}$/.test(cell) ? instant(Number(cell), 1) : null
}

/** `2010-12-01 08:26:00` without a regular expression: the form of most files. */
function readPlainIso(text: string): ReadDate | null {
  if (text.length !== 19 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return null
  const between = text.charCodeAt(10)
  if ((between !== 32 && between !== 84) || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return null
  return fromNumbers(year, month, day, hour, minute, second, 0, null, false)
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

function instant(cell: string | number, unitMs: number): ReadDate | null {
  const value = typeof cell === 'number' ? cell : /^-?\d{1,16}(\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN
  return Number.isFinite(value) ? { ms: Math.round(value * unitMs), isInstant: true, isDay: false } : null
}

function fromParts(parts: Partial<Record<string, string>>): ReadDate | null {
  const shortYear = parts.yy === undefined ? undefined : Number(parts.yy)
  const year = shortYear === undefined ? Number(parts.y) : shortYear + (shortYear < 70 ? 2000 : 1900)
  let hour = Number(parts.H ?? parts.h ?? 0)
  if (parts.a !== undefined) {
    if (hour < 1 || hour > 12) return null
    const isAfternoon = parts.a === '下午' || parts.a.toLowerCase().startsWith('p')
    hour = (hour % 12) + (isAfternoon ? 12 : 0)
  }
  const fraction = parts.f === undefined ? 0 : Number(parts.f.slice(0, 3).padEnd(3, '0'))
  return fromNumbers(
    year,
    Number(parts.M),
    Number(parts.d),
    hour,
    Number(parts.m ?? 0),
    Number(parts.s ?? 0),
    fraction,
    parts.z ?? null,
    parts.H === undefined && parts.h === undefined,
  )
}

function fromNumbers(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
  offset: string | null,
  isDay: boolean,
): ReadDate | null {
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 59) return null
  if (day > 28 && day > daysOf(year, month)) return null
  if (hour === 24 && (minute > 0 || second > 0 || ms > 0)) return null
  const midnight = Date.UTC(year, month - 1, day)
  // Date.UTC takes years below 100 for 19xx.
  const shifted = year < 100 ? new Date(midnight).setUTCFullYear(year) : midnight
  const local = shifted + ((hour * 60 + minute) * 60 + second) * 1000 + ms
  if (offset === null) return { ms: local, isInstant: false, isDay }
  const minutes = offset === 'Z' ? 0 : Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))
  return { ms: local - (offset.startsWith('-') ? -minutes : minutes) * 60_000, isInstant: true, isDay: false }
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
