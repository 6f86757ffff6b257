/**
 * Numbers and money in memory: one bigint scaled by 10^8, so that nothing is ever a float. Stored properties have 4
 * decimals (rounded half-even at the door); quotients and cuts keep 8.
 */
export type Decimal = bigint

/** Decimals every value in memory carries. */
export const DECIMALS = 8
/** Decimals of stored numbers and money. */
export const STORED_DECIMALS = 4
/** The scaled 1. */
export const ONE: Decimal = 10n ** BigInt(DECIMALS)
/** Stored numbers lie strictly between minus and plus this: Decimal(18,4) of the engine. */
export const STORED_LIMIT: Decimal = 10n ** 14n * ONE

const NUMBER_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/** How many decimals a column or a query result carries: 0 counts, 4 numbers and money, 8 quotients and cuts. */
export type Scale = 0 | 4 | 8

/**
 * Reads a plain or exponent number, exactly, rounded half-even to 8 decimals.
 * null = not a finite number (NaN, Infinity, empty text, separators, 1e400).
 */
export function parseDecimal(input: string | number | bigint): Decimal | null {
  return readNumber(input, DECIMALS)
}

export type StoredDecimal =
  | { readonly ok: true; readonly decimal: Decimal }
  | { readonly ok: false; readonly reason: 'not_a_number' | 'too_large' }

/**
 * Reads a number as it is stored: rounded half-even (once) to 4 decimals, at most 14 digits before the point. A JSON
 * number is read by its shortest text, so 0.1 is exactly 0.1.
 */
export function parseStored(input: string | number | bigint): StoredDecimal {
  const scaled = readNumber(input, STORED_DECIMALS)
  if (scaled === null)
    return { ok: false, reason: /^[+-]?[\d.]+[eE]?\+?\d*$/.test(String(input)) ? 'too_large' : 'not_a_number' }
  const decimal = decimalFromScaled(scaled, STORED_DECIMALS)
  return isStorable(decimal) ? { ok: true, decimal } : { ok: false, reason: 'too_large' }
}

/** Whether the number lies inside Decimal(18,4). */
export function isStorable(decimal: Decimal): boolean {
  return decimal < STORED_LIMIT && decimal > -STORED_LIMIT
}

/** The integer value × 10^scale that a column or query result holds; digits that do not fit are cut toward zero. */
export function decimalToScaled(decimal: Decimal, scale: Scale): bigint {
  return decimal / 10n ** BigInt(DECIMALS - scale)
}

/** The number an integer value × 10^scale stands for. */
export function decimalFromScaled(scaled: bigint, scale: Scale): Decimal {
  return scaled * 10n ** BigInt(DECIMALS - scale)
}

/** Digits a number needs to be written without exponent, all together and after the point; null when not finite. */
export function digitsOf(value: number): { readonly total: number; readonly decimals: number } | null {
  const found = Number.isFinite(value) ? NUMBER_TEXT.exec(String(value)) : null
  if (found === null) return null
  const fraction = found[3] ?? ''
  const all = `${found[2] ?? ''}${fraction}`.replace(/^0+/, '')
  const significant = all.replace(/0+$/, '')
  const exponent = Number(found[4] ?? 0) - fraction.length + (all.length - significant.length)
  const decimals = Math.max(0, -exponent)
  return { total: Math.max(significant.length + Math.max(0, exponent), decimals), decimals }
}

function readNumber(input: string | number | bigint, decimals: number): bigint | null {
  const unit = 10n ** BigInt(decimals)
  if (typeof input === 'bigint') return input * unit
  if (typeof input === 'number') {
    if (Number.isSafeInteger(input)) return BigInt(input) * unit
    if (!Number.isFinite(input)) return null
    return readNumber(String(input), decimals)
  }
  if (input.length > 400) return null
  const found = NUMBER_TEXT.exec(input)
  if (found === null) return null
  const whole = found[2] ?? ''
  const fraction = found[3] ?? ''
  if (whole === '' && fraction === '') return null
  const exponent = found[4] === undefined ? 0 : Number(found[4])
  if (exponent > 60 || exponent < -400)
    return exponent > 0 && !/[1-9]/.test(whole + fraction) ? 0n : exponent > 0 ? null : 0n
  const digits = BigInt(whole + fraction)
  const shift = decimals + exponent - fraction.length
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift))
  return found[1] === '-' ? -size : size
}

/** Writes the number in its shortest exact form: 12, -0.5, 1234.5678. */
export function formatDecimal(value: Decimal): string {
  const size = value < 0n ? -value : value
  const digits = size.toString().padStart(DECIMALS + 1, '0')
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`
}

/** Product, truncated toward zero at 8 decimals. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return (a * b) / ONE
}

/** Quotient, truncated toward zero at 8 decimals; null when the divisor is zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal | null {
  return b === 0n ? null : (a * ONE) / b
}

/** Rounds half-even to `decimals` (0 to 8) decimals. */
export function roundDecimal(value: Decimal, decimals: number): Decimal {
  const unit = 10n ** BigInt(DECIMALS - decimals)
  return value < 0n ? -divideHalfEven(-value, unit) * unit : divideHalfEven(value, unit) * unit
}

/** A float (a model's score, a logarithm) as a decimal rounded to `decimals`; null when it is not finite. */
export function decimalFromFloat(value: number, decimals: number): Decimal | null {
  const units = value * 10 ** decimals
  if (!Number.isSafeInteger(Math.trunc(units))) {
    const exact = parseDecimal(value)
    return exact === null ? null : roundDecimal(exact, decimals)
  }
  // Rounded once, ties to the even one, as the engine does: by way of 8 decimals a value just above a tie would become one.
  const down = Math.floor(units)
  const rest = units - down
  const whole = rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down
  return BigInt(whole) * 10n ** BigInt(8 - decimals)
}

/** The nearest float; for statistics that are floats anyway, never for money. */
export function decimalToFloat(value: Decimal): number {
  return Number(formatDecimal(value))
}

/** Rounds a non-negative quotient to the nearest whole number, ties to the even one. */
function divideHalfEven(value: bigint, by: bigint): bigint {
  const quotient = value / by
  const twiceRest = (value - quotient * by) * 2n
  return twiceRest > by || (twiceRest === by && quotient % 2n === 1n) ? quotient + 1n : quotient
}
