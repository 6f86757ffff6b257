import type { CalcValue, EventValue, Value } from '../../document.js'
import { type NumberScale, numberType, type Scope, type ValueType } from '../../frame/scope.js'
import type { FindType, TypeFinder } from '../../frame/type-finder.js'

type NumberType = ValueType & { kind: 'number' }

/**
 * Sums and extremes keep the finest scale of their operands, products add theirs up to 8, quotients have 8, `round` and
 * `size` are whole, `log` is a float.
 */
export const calcType: FindType<{ calc: CalcValue['calc']; of: readonly (Value | EventValue | number)[] }> = (
  { calc, of },
  scope,
  find,
) => {
  if (calc === 'size') {
    const first = of[0]
    const isList = typeof first === 'object' && find.value(first, scope)?.kind === 'list'
    return isList ? numberType(0, 'count') : null
  }
  const operands: NumberType[] = []
  for (const operand of of) {
    const type = typeOfOperand(operand, scope, find)
    if (type?.kind !== 'number') return null
    operands.push(type)
  }
  const unit = commonUnit(operands)
  const scales = operands.map((operand) => operand.scale)
  if (calc === 'log') return numberType('float')
  if (calc === 'round') return numberType(0, unit)
  if (scales.includes('float')) return numberType('float', unit)
  if (calc === 'div') return numberType(8, unitOfQuotient(operands))
  if (calc === 'mul') {
    const factors = operands.filter((operand) => operand.unit !== 'count' && operand.unit !== 'ratio')
    return numberType(scaleOfProduct(scales as (0 | 4 | 8)[]), commonUnit(factors))
  }
  return numberType(Math.max(...(scales as number[])) as NumberScale, unit)
}

function typeOfOperand(operand: Value | EventValue | number, scope: Scope, find: TypeFinder): ValueType | null {
  if (typeof operand === 'number') return numberType(Number.isInteger(operand) ? 0 : 4)
  return find.value(operand, scope)
}

function scaleOfProduct(scales: readonly (0 | 4 | 8)[]): NumberScale {
  const total = scales.reduce<number>((sum, scale) => sum + scale, 0)
  return total >= 8 ? 8 : total >= 4 ? 4 : 0
}

/** Like by like is a ratio; by a count or a plain number keeps the unit. */
function unitOfQuotient([top, by]: readonly NumberType[]): NumberType['unit'] {
  if (!top || !by) return null
  if (top.unit !== null && top.unit === by.unit) return 'ratio'
  return by.unit === null || by.unit === 'count' ? top.unit : null
}

/** The unit the operands agree on; plain numbers agree with every unit. */
function commonUnit(operands: readonly NumberType[]): NumberType['unit'] {
  const units = new Set(operands.map((operand) => operand.unit).filter((unit) => unit !== null))
  return units.size === 1 ? [...units][0]! : null
}
