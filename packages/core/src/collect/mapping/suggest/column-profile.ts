import type { PropertyType } from '../../../catalog/catalog.js'
import type { RawValue } from '../../incoming.js'
import { dateReader, readUnambiguousDate } from '../cells/date-format.js'
import { readNumber } from '../cells/read-number.js'

/** What the first rows of a file show of a column. */
export interface ColumnProfile {
  readonly name: string
  readonly type: PropertyType
  /** Of dates that need one. */
  readonly format?: string
  /** Of lists in text. */
  readonly split?: string
  /** Some different values, as they stand in the file. */
  readonly samples: readonly string[]
  /** Cells looked at, empty ones among them, and those that do not fit the type. */
  readonly cells: number
  readonly empty: number
  readonly unfit: number
}

/** Share of the filled cells that must fit a type; the rest is dirt that the import will name row by row. */
const FIT = 0.95
const MOST_SAMPLES = 5

/** Names of columns whose digits are no amounts: numbers of things and people. */
const NAMES_OF_KEYS =
  /(^|[_\s-])(id|no|code|nr|sku|upc|tel|phone|mobile|zip|postcode)$|(id|no|code)$|号$|编码|编号|代码|电话|手机|邮编|货号|卡号/i
const NAMES_OF_MONEY =
  /金额|价|费|余额|实付|实收|收入|资本|优惠|折扣额|amount|price|cost|revenue|sales|fee|total|balance|income|paid|disc/i
const NAMES_OF_DATES = /日期|时间|生日|date|time|birthday|_at$|At$|^ts$/i
const NAMES_OF_LISTS = /兴趣|爱好|标签|偏好|tags?$|interests?$|hobbies/i

/** Infers the type of a column from cells of the first rows. */
export function profileColumn(name: string, cells: readonly RawValue[]): ColumnProfile {
  const filled = cells.filter((cell) => cell !== null && cell !== '')
  const samples: string[] = []
  for (const cell of filled) {
    const text = typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
    if (samples.length < MOST_SAMPLES && !samples.includes(text)) samples.push(text.slice(0, 80))
  }
  const common = { name, samples, cells: cells.length, empty: cells.length - filled.length }
  const found = filled.length === 0 ? { type: 'text' as const, unfit: 0 } : inferType(name, filled)
  return { ...common, ...found }
}

type Inferred = Pick<ColumnProfile, 'type' | 'unfit'> & { readonly format?: string; readonly split?: string }

function inferType(name: string, cells: readonly RawValue[]): Inferred {
  const unfitBy = (fits: (cell: RawValue) => boolean): number =>
    cells.reduce<number>((n, cell) => n + (fits(cell) ? 0 : 1), 0)
  const fits = (unfit: number): boolean => unfit <= cells.length * (1 - FIT)
  if (cells.every((cell) => typeof cell === 'boolean')) return { type: 'bool', unfit: 0 }
  if (cells.some((cell) => Array.isArray(cell))) return { type: 'list', unfit: 0 }

  const date = inferDate(name, cells, unfitBy, fits)
  if (date !== null) return date
  const unfitNumbers = unfitBy(isNumber)
  if (fits(unfitNumbers) && !isKey(name, cells)) {
    return { type: isMoney(name, cells) ? 'money' : 'number', unfit: unfitNumbers }
  }
  const words = new Set(cells.map((cell) => String(cell).trim().toLowerCase()))
  if (words.size <= 2 && [...words].every((word) => /^(true|false|yes|no|y|n|t|f|是|否|真|假)$/.test(word))) {
    return { type: 'bool', unfit: 0 }
  }
  const split = NAMES_OF_LISTS.test(name)
    ? ['、', '|', ';', '；', ',', '，'].find((mark) => cells.some((cell) => String(cell).includes(mark)))
    : undefined
  return split === undefined ? { type: 'text', unfit: 0 } : { type: 'list', unfit: 0, split }
}

/** Day-first and month-first forms, with and without a time. */
const DAY_FORMATS = ['d/M/yyyy', 'M/d/yyyy', 'd-M-yyyy', 'd.M.yyyy', 'M-d-yyyy', 'd/M/yy', 'M/d/yy']
const TIME_FORMATS = ['', ' H:mm', ' H:mm:ss', ' h:mm a']

function inferDate(
  name: string,
  cells: readonly RawValue[],
  unfitBy: (fits: (cell: RawValue) => boolean) => number,
  fits: (unfit: number) => boolean,
): Inferred | null {
  const named = NAMES_OF_DATES.test(name)
  const unambiguous = unfitBy(
    (cell) => typeof cell === 'string' && !/^\d+$/.test(cell) && readUnambiguousDate(cell) !== null,
  )
  if (fits(unambiguous)) return { type: 'date', unfit: unambiguous }
  const withDigits = unfitBy(
    (cell) => isCompactDate(cell) || (typeof cell === 'string' && readUnambiguousDate(cell) !== null),
  )
  if (fits(withDigits) && (named || unambiguous < cells.length)) return { type: 'date', unfit: withDigits }
  if (cells.some((cell) => typeof cell === 'string' && /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}/.test(cell))) {
    for (const day of DAY_FORMATS) {
      for (const time of TIME_FORMATS) {
        const read = dateReader(day + time)!
        const unfit = unfitBy((cell) => typeof cell === 'string' && read(cell.trim()) !== null)
        if (fits(unfit)) return { type: 'date', unfit, format: day + time }
      }
    }
  }
  if (!named) return null
  for (const [format, from, to] of NUMBER_DATES) {
    const unfit = unfitBy((cell) => isNumber(cell) && Number(cell) >= from && Number(cell) < to)
    if (fits(unfit)) return { type: 'date', unfit, format }
  }
  return null
}

const NUMBER_DATES: readonly (readonly [format: string, from: number, to: number])[] = [
  ['excel', 10_000, 100_000],
  ['unix', 3e8, 4e9],
  ['unix_ms', 3e11, 4e12],
]

function isCompactDate(cell: RawValue): boolean {
  const text = String(cell)
  return /^(19|20)\d{6}(\d{6})?$/.test(text) && readUnambiguousDate(text) !== null
}

function isNumber(cell: RawValue): boolean {
  return typeof cell === 'number' || (typeof cell === 'string' && readNumber(cell, '.') !== null)
}

/** Digits that name something: by the column's name, leading zeros, or more digits than amounts have. */
function isKey(name: string, cells: readonly RawValue[]): boolean {
  if (NAMES_OF_KEYS.test(name)) return true
  return cells.some((cell) => typeof cell === 'string' && (/^0\d/.test(cell) || /^\d{11,}$/.test(cell)))
}

function isMoney(name: string, cells: readonly RawValue[]): boolean {
  if (NAMES_OF_MONEY.test(name)) return true
  return cells.some((cell) => typeof cell === 'string' && /[¥￥$€£元]/.test(cell))
}
