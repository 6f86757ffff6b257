import { ONE } from '../../kernel/decimal.js'
import type { CalcOperator } from '../../language/document.js'
import { and, call, choose, type Expr, type FunctionName, isTrue, missing, number, param } from '../plan/expr.js'
import { type Lowered, type LoweredNumber, literalNumber, MISSING, numberOf, quotientOf, scaledOf } from './lowered.js'

export type Comparison = 'eq' | 'gt' | 'gte' | 'lt' | 'lte'

/** Units of the 4 decimals a stored number has, in scaled integers. */
const STORED_UNIT = 10_000n
/** Below this a scaled literal fits the engine's Decimal(18,4). */
const DECIMAL64_LIMIT = 10n ** 14n * ONE

/** `left op right` on numbers; unknown when a side is missing. */
export function compareNumbers(op: Comparison, left: LoweredNumber, right: LoweredNumber): Expr {
  if (right.literal !== null && left.ratio !== null) return compareRatio(op, left, right.literal)
  if (right.literal !== null) return compareWithLiteral(op, left, right.literal)
  if (left.form === right.form) return call(op, left.expr, right.expr)
  if (isDecimal(left) && isDecimal(right)) return call(op, left.expr, right.expr)
  return call(op, scaledOf(left), scaledOf(right))
}

function compareWithLiteral(op: Comparison, left: LoweredNumber, literal: bigint): Expr {
  if (left.form === 'whole' && literal % ONE === 0n) return call(op, left.expr, param('Int64', literal / ONE))
  if (isDecimal(left) && fitsDecimal64(literal)) {
    return call(op, left.expr, param('Decimal(18,4)', storedText(literal)))
  }
  return call(op, scaledOf(left), param('Int128', literal))
}

/** `over / under op k` without dividing: the exact quotient is compared, not its 8 decimals. */
function compareRatio(op: Comparison, left: LoweredNumber, literal: bigint): Expr {
  const { over, under, underForm } = left.ratio!
  const k = param('Int128', literal)
  const divisor = call('nonMissing', under)
  if (underForm === 'whole') return call(op, call('widen', over), call('product', k, divisor))
  // Multiplying by a negative divisor turns the sign round: both sides are taken for the size of the divisor.
  const positive = call(op, call('product', over, param('Int128', ONE)), call('product', k, divisor))
  const negative = call(op, call('product', k, divisor), call('product', over, param('Int128', ONE)))
  if (op === 'eq') return positive
  const isPositive = call('gt', under, number(0))
  return choose(
    [
      { when: isPositive, then: positive },
      { when: call('lt', under, number(0)), then: negative },
    ],
    missing('UInt8'),
  )
}

/** Whether a number is one of literals; unknown when it is missing. */
export function numberIn(left: LoweredNumber, literals: readonly bigint[]): Expr {
  if (left.form === 'whole') {
    const whole = literals.filter((literal) => literal % ONE === 0n).map((literal) => literal / ONE)
    return call('in', left.expr, param('Array(Int64)', whole))
  }
  if (left.form === 'decimal64') {
    const stored = literals.filter(fitsDecimal64).map(storedText)
    return call('in', left.expr, param('Array(Decimal(18,4))', stored))
  }
  return call('in', scaledOf(left), param('Array(Int128)', literals))
}

/** One `calc`. Results beyond 128 bits (38 digits with 8 decimals) are missing. */
export function calculateLowered(operator: CalcOperator, operands: readonly Lowered[]): Lowered {
  const first = operands[0]
  if (operator === 'size') return first === undefined ? MISSING : sizeOf(first)
  const numbers: LoweredNumber[] = []
  for (const operand of operands) {
    if (operand.type !== 'number') return MISSING
    numbers.push(operand)
  }
  if (numbers.length === 0) return MISSING
  const result = CALCULATIONS[operator](numbers as [LoweredNumber, ...LoweredNumber[]])
  // Only a division is a bare quotient; "add" of one average is a number of 8 decimals like any other.
  return operator === 'div' && numbers.length > 1 ? result : { ...result, ratio: null }
}

type Calculation = (numbers: readonly [LoweredNumber, ...LoweredNumber[]]) => LoweredNumber

const fold =
  (name: FunctionName): Calculation =>
  ([first, ...rest]) =>
    rest.reduce<LoweredNumber>((sum, one) => numberOf('scaled', call(name, scaledOf(sum), scaledOf(one))), first)

/** least and greatest of the engine skip missing arguments; here a missing operand makes the result missing. */
const foldKnown =
  (name: 'least' | 'greatest'): Calculation =>
  ([first, ...rest]) =>
    rest.reduce<LoweredNumber>((best, one) => {
      const [a, b] = [scaledOf(best), scaledOf(one)]
      const bothKnown = isTrue(and([call('isKnown', a), call('isKnown', b)]))
      return numberOf('scaled', choose([{ when: bothKnown, then: call(name, a, b) }], missing('Int128')))
    }, first)

const CALCULATIONS: Readonly<Record<Exclude<CalcOperator, 'size'>, Calculation>> = {
  add: fold('add'),
  sub: fold('sub'),
  mul: fold('mul'),
  div: ([first, ...rest]) =>
    rest.reduce<LoweredNumber>(
      (over, under) => quotientOf({ over: scaledOf(over), under: scaledOf(under), underForm: 'scaled' }),
      first,
    ),
  min: foldKnown('least'),
  max: foldKnown('greatest'),
  abs: ([first]) => numberOf('scaled', call('abs', scaledOf(first))),
  log: ([first]) => numberOf('scaled', call('log', scaledOf(first))),
  round: ([first, decimals]) => {
    const places = decimals?.literal === undefined || decimals.literal === null ? 0n : decimals.literal / ONE
    const kept = places < 0n ? 0n : places > 8n ? 8n : places
    return numberOf('scaled', call('round', scaledOf(first), param('Int128', 10n ** (8n - kept))))
  },
}

function sizeOf(value: Lowered): Lowered {
  if (value.type === 'list') {
    const count = call('wide', call('count', value.expr))
    return numberOf('whole', choose([{ when: value.known, then: count }], missing('Int128')))
  }
  if (value.type === 'codes') {
    const known = call('notEmpty', value.indexes)
    return numberOf(
      'whole',
      choose([{ when: known, then: call('wide', call('count', value.indexes)) }], missing('Int128')),
    )
  }
  return MISSING
}

/** A literal that stands for a missing number. */
export function defaultNumber(value: LoweredNumber, literal: bigint): LoweredNumber {
  return numberOf('scaled', call('ifNull', scaledOf(value), literalNumber(literal).expr))
}

function isDecimal(value: LoweredNumber): boolean {
  return value.form === 'decimal64' || value.form === 'decimal128'
}

function fitsDecimal64(literal: bigint): boolean {
  return literal % STORED_UNIT === 0n && literal > -DECIMAL64_LIMIT && literal < DECIMAL64_LIMIT
}

/** A scaled literal as the text of a decimal with 4 places. */
export function storedText(literal: bigint): string {
  const units = literal / STORED_UNIT
  const size = (units < 0n ? -units : units).toString().padStart(5, '0')
  return `${units < 0n ? '-' : ''}${size.slice(0, -4)}.${size.slice(-4)}`
}
