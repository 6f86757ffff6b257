import { literalNumber } from '../../../compile/lower/lowered.js'
import { calculateLowered } from '../../../compile/lower/numbers.js'
import type { PlanValue } from '../../../compile/lower/scope.js'
import { parseDecimal } from '../../../kernel/decimal.js'
import type { CalcOperator, EventValue, Value } from '../../document.js'

/** Arithmetic on values of a subject or of one event. */
export const planCalc: PlanValue<{ calc: CalcOperator; of: readonly (Value | EventValue | number)[] }> = (
  { calc, of },
  scope,
  path,
) =>
  calculateLowered(
    calc,
    of.map((part, index) =>
      typeof part === 'number' ? literalNumber(parseDecimal(part) ?? 0n) : scope.value(part, `${path}/of/${index}`),
    ),
  )
