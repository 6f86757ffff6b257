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

/**
 * Reads a plain or exponent number, exactly, rounded half-even to 8 decimals.
 * null = not a finite number (NaN, Infinity, empty text, separators, 1e400).
 */
export function parseDecimal(input: string | number | bigint): Decimal | null {
  if (typeof input === 'bigint') return input * ONE
  if (typeof input === 'number') {
    if (Number.isSafeInteger(input)) return BigInt(input) * ONE
    if (!Number.isFinite(input)) return null
    return parseDecimal(String(input))
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
  const shift = DECIMALS + exponent - fraction.length
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
  const exact = parseDecimal(value)
  return exact === null ? null : roundDecimal(exact, decimals)
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
