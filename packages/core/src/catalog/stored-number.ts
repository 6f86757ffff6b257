/** Numbers and money are stored with this many decimals, rounded half-even. */
const DECIMALS = 4
/** Digits before the point: Decimal(18,4). */
const WHOLE_DIGITS = 14
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/**
 * The stored form of a number in its shortest spelling (`12.5`), rounded half-even to four decimals in one exact step.
 * null = no finite number that fits: NaN, infinity, 1e400, text with separators, 10^14 and beyond.
 */
export function storedNumber(input: string | number): string | null {
  if (typeof input === 'number') {
    if (Number.isSafeInteger(input)) return Math.abs(input) < 1e14 ? String(input === 0 ? 0 : input) : null
    if (!Number.isFinite(input)) return null
  }
  const text = typeof input === 'number' ? String(input) : input
  if (text.length > 400) return null
  const found = NUMBER.exec(text)
  if (found === null) return null
  const whole = found[2] ?? ''
  const fraction = found[3] ?? ''
  if (whole === '' && fraction === '') return null
  const exponent = found[4] === undefined ? 0 : Number(found[4])
  const sign = found[1] === '-' ? '-' : ''
  if (exponent === 0 && fraction.length <= DECIMALS) return finish(sign, whole, fraction)
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  // Units of 10^-4: digits * 10^shift.
  const shift = DECIMALS + exponent - fraction.length
  if (digits.length + shift > WHOLE_DIGITS + DECIMALS) return null
  if (digits.length + shift < 0) return '0'
  const units =
    shift >= 0 ? BigInt(digits) * 10n ** BigInt(shift) : divideHalfEven(BigInt(digits), 10n ** BigInt(-shift))
  const padded = units.toString().padStart(DECIMALS + 1, '0')
  return finish(sign, padded.slice(0, -DECIMALS), padded.slice(-DECIMALS))
}

function finish(sign: string, whole: string, fraction: string): string | null {
  const left = whole.replace(/^0+/, '')
  if (left.length > WHOLE_DIGITS) return null
  const right = fraction.replace(/0+$/, '')
  if (left === '' && right === '') return '0'
  return `${sign}${left === '' ? '0' : left}${right === '' ? '' : `.${right}`}`
}

function divideHalfEven(value: bigint, by: bigint): bigint {
  const quotient = value / by
  const twiceRest = (value - quotient * by) * 2n
  return twiceRest > by || (twiceRest === by && quotient % 2n === 1n) ? quotient + 1n : quotient
}
