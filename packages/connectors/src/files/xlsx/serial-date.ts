import type { NumberStyle } from './workbook.js'

const DAY_SECONDS = 86_400
/** Day 0 of the 1900 count for serials from 60 on: the count has a 29 February 1900 that never was. */
const EPOCH_1900_SECONDS = Date.UTC(1899, 11, 30) / 1000
const SHIFT_1904_DAYS = 1_462
/** 9999-12-31. */
const MAX_SERIAL = 2_958_465

/**
 * The local clock reading of an Excel serial number as text (`2010-12-01`, `2010-12-01 08:26:00`, `08:26:00`), or null when
 * it is no date. Excel keeps times as fractions of a day; they are rounded to the second where that is what was meant.
 */
export function serialToText(serial: number, style: Exclude<NumberStyle, 'number'>, from1904: boolean): string | null {
  if (!Number.isFinite(serial) || serial < 0 || serial > MAX_SERIAL) return null
  const days = from1904 ? serial + SHIFT_1904_DAYS : serial < 60 ? serial + 1 : serial
  const exact = days * DAY_SECONDS
  const whole = Math.round(exact)
  const seconds = Math.abs(exact - whole) < 0.005 ? whole : Math.round(exact * 1000) / 1000
  const text = new Date((EPOCH_1900_SECONDS + seconds) * 1000).toISOString()
  const time = text.endsWith('.000Z') ? text.slice(11, 19) : text.slice(11, 23)
  if (style === 'time') return time
  return style === 'date' && time === '00:00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${time}`
}
