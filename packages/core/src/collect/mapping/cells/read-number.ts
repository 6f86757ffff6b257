import {
  type Decimal,
  formatDecimal,
  ONE,
  parseDecimal,
  roundDecimal,
  STORED_DECIMALS,
} from '../../../kernel/decimal.js'

/** 10^8 / 10^n: what a whole number of n decimals is multiplied by. */
const SCALES: readonly bigint[] = Array.from({ length: 9 }, (_, n) => ONE / 10n ** BigInt(n))

/**
 * Reads a number as people and systems write it: plain, with exponent, with thousands separators, currency signs,
 * parentheses or a trailing minus for negative ones, full-width digits, percent. null = it is none.
 */
export function readNumber(cell: string | number, decimalSign: '.' | ','): Decimal | null {
  if (typeof cell === 'number') return parseDecimal(cell)
  const plain = decimalSign === '.' ? readPlain(cell) : null
  return plain ?? readWritten(cell, decimalSign)
}

/** Digits with an optional sign and point, at most 15 of them: most cells, read without a regular expression. */
function readPlain(text: string): Decimal | null {
  const length = text.length
  if (length === 0 || length > 16) return null
  let at = 0
  const first = text.charCodeAt(0)
  if (first === 45 || first === 43) at = 1
  let value = 0
  let digits = 0
  let decimals = -1
  for (; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48)
      digits++
      if (decimals >= 0) decimals++
    } else if (code === 46 && decimals < 0) {
      decimals = 0
    } else {
      return null
    }
  }
  if (digits === 0 || digits > 15 || decimals > 8) return null
  const scaled = BigInt(value) * SCALES[Math.max(0, decimals)]!
  return first === 45 ? -scaled : scaled
}

const SIGNS = /^(?:[¥￥$€£₩]|CNY|RMB|USD|EUR|GBP|HKD|JPY|元)|(?:[¥￥$€£₩]|CNY|RMB|USD|EUR|GBP|HKD|JPY|元|圆|块)$/gi
const GROUPED = /^\d{1,3}(?:,\d{3})+(?:\.\d*)?$|^\d{1,4}(?:,\d{4})+(?:\.\d*)?$/

function readWritten(cell: string, decimalSign: '.' | ','): Decimal | null {
  if (cell.length > 60) return null
  let text = cell
    .normalize('NFKC')
    .replace(/[\s\u00a0\u202f']/g, '')
    .replace(/\u2212/g, '-')
  let negative = false
  if (text.startsWith('(') && text.endsWith(')')) {
    negative = true
    text = text.slice(1, -1)
  }
  const sign = /^[-+]/.exec(text)?.[0]
  if (sign !== undefined) text = text.slice(1)
  text = text.replace(SIGNS, '')
  const innerSign = /^[-+]/.exec(text)?.[0]
  if (innerSign !== undefined) text = text.slice(1)
  const behind = text.endsWith('-')
  if (behind) text = text.slice(0, -1)
  if ([sign !== undefined, innerSign !== undefined, behind, negative].filter(Boolean).length > 1) return null
  negative ||= sign === '-' || innerSign === '-' || behind
  const percent = text.endsWith('%')
  if (percent) text = text.slice(0, -1)
  if (decimalSign === ',') text = text.replace(/\./g, '').replace(',', '.')
  else if (GROUPED.test(text)) text = text.replaceAll(',', '')
  if (!/^[\d.]/.test(text)) return null
  const value = parseDecimal(text)
  if (value === null) return null
  const sized = percent ? value / 100n : value
  return negative ? -sized : sized
}

/** A number as a raw JSON value, rounded half-even to the stored decimals: a float when that is exact, else text. */
export function rawNumber(value: Decimal): number | string {
  const scaled = storedScaled(value)
  if (scaled <= MAX_EXACT && scaled >= -MAX_EXACT) return Number(scaled) / 10_000
  return formatDecimal(scaled * STORED_UNIT)
}

const STORED_UNIT = 10n ** BigInt(8 - STORED_DECIMALS)
const MAX_EXACT = 9_007_199_254_740_991n

function storedScaled(value: Decimal): bigint {
  const scaled = value / STORED_UNIT
  return scaled * STORED_UNIT === value ? scaled : roundDecimal(value, STORED_DECIMALS) / STORED_UNIT
}
