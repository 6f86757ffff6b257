import {
  type Decimal,
  decimalFromFloat,
  decimalToFloat,
  divideDecimals,
  multiplyDecimals,
  parseDecimal,
  roundDecimal,
} from '../../kernel/decimal.js'
import type { CalcOperator } from '../document.js'
import { isList } from './compare.js'
import type { EventScopeValue } from './event-scope.js'

/**
 * One `calc` over values of one event or one subject. Missing when an operand is missing or no number, when a divisor
 * is zero, and when the result has more than 128 bits. `add sub mul div min max` fold from the left; `div` is truncated toward zero at 8 decimals, `log`
 * (natural) is a float rounded to 6, `round` is half-even to whole numbers or to the decimals given second.
 */
export function calculate(operator: CalcOperator, operands: readonly EventScopeValue[]): Decimal | null {
  const first = operands[0]
  if (operator === 'size') return first !== undefined && isList(first) ? parseDecimal(first.length) : null
  const numbers: Decimal[] = []
  for (const operand of operands) {
    if (typeof operand !== 'bigint') return null
    numbers.push(operand)
  }
  if (numbers.length === 0) return null
  const result = CALCULATIONS[operator](numbers as [Decimal, ...Decimal[]])
  return result === null || !fits(result) ? null : result
}

/** Numbers have 128 bits (38 digits, 8 of them decimals), as in the engine; a longer result is missing. */
function fits(value: Decimal): boolean {
  return BigInt.asIntN(128, value) === value
}

/** Folds from the left; a step that does not fit leaves nothing to go on with. */
const fold =
  (step: (a: Decimal, b: Decimal) => Decimal | null): Calculation =>
  ([first, ...rest]) => {
    let result: Decimal | null = first
    for (const number of rest) {
      if (result === null || !fits(result)) return null
      result = step(result, number)
    }
    return result
  }

type Calculation = (numbers: readonly [Decimal, ...Decimal[]]) => Decimal | null

const CALCULATIONS: Readonly<Record<Exclude<CalcOperator, 'size'>, Calculation>> = {
  add: fold((a, b) => a + b),
  sub: fold((a, b) => a - b),
  mul: fold(multiplyDecimals),
  div: fold(divideDecimals),
  // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint
  min: (numbers) => numbers.reduce((a, b) => (b < a ? b : a)),
  // biome-ignore lint/complexity/useMathMinMax: Math.max takes no bigint
  max: (numbers) => numbers.reduce((a, b) => (b > a ? b : a)),
  abs: ([number]) => (number < 0n ? -number : number),
  log: ([number]) => (number <= 0n ? null : decimalFromFloat(Math.log(decimalToFloat(number)), 6)),
  round: ([number, decimals]) => roundDecimal(number, decimals === undefined ? 0 : clampDecimals(decimals)),
}

function clampDecimals(decimals: Decimal): number {
  return Math.max(0, Math.min(8, Math.trunc(decimalToFloat(decimals))))
}
