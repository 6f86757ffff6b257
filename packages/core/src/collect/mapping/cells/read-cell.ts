import type { PropertyType } from '../../../catalog/catalog.js'
import { EARLIEST_INSTANT, LATEST_INSTANT } from '../../../catalog/stored-date.js'
import { isStorable } from '../../../kernel/decimal.js'
import type { EventScopeValue } from '../../../language/event-scope/event-scope.js'
import type { RawValue } from '../../incoming.js'
import type { MappingReason } from '../../reasons.js'
import type { ColumnReading } from '../mapping.js'
import { type DateReader, dateReader, readUnambiguousDate } from './date-format.js'
import { readNumber } from './read-number.js'

/** A cell that does not have the form of its column. */
export interface CellFault {
  readonly fault: MappingReason
}
export type CellReader = (cell: RawValue) => EventScopeValue | CellFault

export const MAX_CELL_TEXT = 65_536

/** Words that stand for an empty cell in columns that hold no text. */
const EMPTY_WORDS = new Set(['null', 'none', 'n/a', 'na', '#n/a', '-', '--', '—', '\\n', '无', '空', 'undefined'])

/**
 * Makes the reader of a column's cells. `toInstant` turns local clock readings into instants. null = a missing value: an
 * empty cell, one of the column's `missing` texts, and in columns of numbers, dates and yes/no the usual words for nothing.
 */
export function makeCellReader(reading: ColumnReading, toInstant: (localMs: number) => number): CellReader {
  const missing = reading.missing === undefined ? null : new Set(reading.missing)
  const read = READERS[reading.type](reading, toInstant)
  return (cell) => {
    if (cell === null || cell === undefined) return null
    if (typeof cell === 'string') {
      if (missing?.has(cell) || missing?.has(cell.trim())) return null
      return read(cell)
    }
    return missing?.has(String(cell)) ? null : read(cell)
  }
}

type MakeReader = (
  reading: ColumnReading,
  toInstant: (localMs: number) => number,
) => (cell: NonNullable<RawValue>) => EventScopeValue | CellFault

const READERS: Readonly<Record<PropertyType, MakeReader>> = {
  text: () => readText,
  number: (reading) => (cell) => readNumberCell(cell, reading.decimal ?? '.'),
  money: (reading) => (cell) => readNumberCell(cell, reading.decimal ?? '.'),
  date: (reading, toInstant) => {
    const read = reading.format === undefined ? readUnambiguousDate : (dateReader(reading.format) ?? (() => null))
    return (cell) => readDateCell(cell, read, toInstant)
  },
  bool: () => readBool,
  list: (reading) => (cell) => readList(cell, reading.split),
}

function readText(cell: NonNullable<RawValue>): EventScopeValue | CellFault {
  if (typeof cell === 'string') {
    const text = cell.charCodeAt(0) <= 32 || cell.charCodeAt(cell.length - 1) <= 32 ? cell.trim() : cell
    if (text.length > MAX_CELL_TEXT) return { fault: 'text_too_long' }
    return text === '' ? null : text
  }
  if (typeof cell === 'number') return Number.isFinite(cell) ? plainNumber(cell) : { fault: 'number_unreadable' }
  if (typeof cell === 'boolean') return String(cell)
  const text = JSON.stringify(cell)
  return text.length > MAX_CELL_TEXT ? { fault: 'text_too_long' } : text
}

/** 17850 and 17850.0 are one number; 1e21 is not written with an exponent. */
function plainNumber(cell: number): string {
  const text = String(cell)
  return text.includes('e') ? BigInt(Math.round(cell)).toString() : text
}

function readNumberCell(cell: NonNullable<RawValue>, decimalSign: '.' | ','): EventScopeValue | CellFault {
  if (typeof cell === 'boolean') return cell ? 100_000_000n : 0n
  if (typeof cell !== 'string' && typeof cell !== 'number') return { fault: 'number_unreadable' }
  const value = readNumber(cell, decimalSign)
  if (value !== null) return isStorable(value) ? value : { fault: 'number_out_of_range' }
  if (typeof cell === 'number') return { fault: Number.isNaN(cell) ? 'number_unreadable' : 'number_out_of_range' }
  const text = cell.trim()
  if (text === '' || EMPTY_WORDS.has(text.toLowerCase())) return null
  return { fault: /^[+-]?\d+(\.\d+)?e\+?\d+$/i.test(text) ? 'number_out_of_range' : 'number_unreadable' }
}

function readDateCell(
  cell: NonNullable<RawValue>,
  read: DateReader,
  toInstant: (localMs: number) => number,
): EventScopeValue | CellFault {
  if (typeof cell !== 'string' && typeof cell !== 'number') return { fault: 'date_unreadable' }
  const text = typeof cell === 'string' ? cell.trim() : cell
  if (text === '') return null
  const found = read(text)
  if (found === null) {
    return typeof text === 'string' && EMPTY_WORDS.has(text.toLowerCase()) ? null : { fault: 'date_unreadable' }
  }
  if (!(found.ms >= EARLIEST_INSTANT && found.ms < LATEST_INSTANT)) return { fault: 'date_out_of_range' }
  return found.isInstant ? found.ms : toInstant(found.ms)
}

const TRUE = new Set(['true', '1', 'yes', 'y', 't', '是', '真', '有', '√', 'on'])
const FALSE = new Set(['false', '0', 'no', 'n', 'f', '否', '假', '无', '×', 'off'])

function readBool(cell: NonNullable<RawValue>): EventScopeValue | CellFault {
  if (typeof cell === 'boolean') return cell
  if (typeof cell === 'object') return { fault: 'bool_unreadable' }
  const text = String(cell).trim().toLowerCase()
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  return text === '' || EMPTY_WORDS.has(text) ? null : { fault: 'bool_unreadable' }
}

function readList(cell: NonNullable<RawValue>, split: string | undefined): EventScopeValue | CellFault {
  const parts: readonly RawValue[] = Array.isArray(cell)
    ? (cell as readonly RawValue[])
    : typeof cell === 'string' && split !== undefined
      ? cell.split(split)
      : [cell as RawValue]
  const entries: string[] = []
  for (const part of parts) {
    if (part === null) continue
    const text = readText(part)
    if (typeof text === 'string') entries.push(text)
    else if (text !== null) return { fault: 'text_too_long' }
  }
  return entries.length === 0 ? null : entries
}
