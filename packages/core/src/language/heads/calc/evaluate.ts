import type { EvaluateValue, SubjectValue } from '../../../evaluate/scope.js'
import { parseDecimal } from '../../../kernel/decimal.js'
import type { CalcValue } from '../../document.js'
import { calculate } from '../../event-scope/calculate.js'

/** Arithmetic on values of the subject; the last division of `div` stays an exact fraction for comparisons. */
export const evaluateCalc: EvaluateValue<CalcValue> = ({ calc, of }, scope): SubjectValue => {
  const operands = of.map((part) => (typeof part === 'number' ? parseDecimal(part) : scope.value(part).value))
  const value = calculate(calc, operands)
  if (calc !== 'div' || operands.length < 2) return { value }
  const over = operands.length === 2 ? operands[0] : calculate('div', operands.slice(0, -1))
  const under = operands.at(-1)
  if (typeof over !== 'bigint' || typeof under !== 'bigint' || under === 0n) return { value: null }
  return { value, ratio: { over, under } }
}
