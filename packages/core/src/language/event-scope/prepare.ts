import { parseDecimal } from '../../kernel/decimal.js'
import type {
  CalcOperator,
  EventValue,
  Field,
  ListOperand,
  Literal,
  Operand,
  Tail,
  Test,
  Value,
  Window,
} from '../document.js'
import { calculate } from './calculate.js'
import { compareValues, foldAscii, isOneOf, liesUnder, listHasAll, listHasAny } from './compare.js'
import { allOf, anyOf, type EventScope, type EventScopeScalar, type EventScopeValue, notOf } from './event-scope.js'

/** An event value made ready once: literals are read, heads are dispatched. */
export type PreparedValue = (scope: EventScope) => EventScopeValue
/** A test made ready once. true, false, or null = unknown. */
export type PreparedTest = (scope: EventScope) => boolean | null

/** The right side of an operator: literals take the type of what they are compared with. */
type PreparedOperand = (scope: EventScope, beside: EventScopeValue) => EventScopeValue
type PreparedTail = (value: EventScopeValue, scope: EventScope) => boolean | null

/** Makes an event value ready for many events. The document must have passed `parse`. */
export function prepareEventValue(value: EventValue): PreparedValue {
  if ('prop' in value) {
    const name = value.prop
    return (scope) => scope.prop(name)
  }
  if ('clock' in value) {
    const field: Field = value.clock
    return (scope) => scope.clock(field)
  }
  if ('case' in value) {
    const branches = value.case.map((branch) => ({ test: prepareTest(branch.when), value: String(branch.value) }))
    const otherwise = value.otherwise === undefined ? null : String(value.otherwise)
    return (scope) => branches.find((branch) => branch.test(scope) === true)?.value ?? otherwise
  }
  return prepareCalc(value)
}

/** Makes a test of one event ready for many events. The document must have passed `parse`. */
export function prepareTest(test: Test): PreparedTest {
  if ('all' in test) {
    const parts = test.all.map(prepareTest)
    return (scope) => allOf(resultsOf(parts, scope))
  }
  if ('any' in test) {
    const parts = test.any.map(prepareTest)
    return (scope) => anyOf(resultsOf(parts, scope))
  }
  if ('not' in test) {
    const part = prepareTest(test.not)
    return (scope) => notOf(part(scope))
  }
  const value = prepareEventValue(test)
  const tail = prepareTail(test)
  return (scope) => tail(value(scope), scope)
}

function* resultsOf(parts: readonly PreparedTest[], scope: EventScope): Iterable<boolean | null> {
  for (const part of parts) yield part(scope)
}

function prepareCalc(value: { calc: CalcOperator; of: readonly (EventValue | Value | number)[] }): PreparedValue {
  const operands = value.of.map((part) => prepareOperand(part))
  return (scope) =>
    calculate(
      value.calc,
      operands.map((operand) => operand(scope, 0n)),
    )
}

/** One entry per operator: a new operator does not compile until it is evaluated here. */
const TAILS: { readonly [Name in TailName]: (right: TailRight<Name>) => PreparedTail } = {
  is: (right) => compareTo(right, (order) => order === 0),
  isNot: (right) => compareTo(right, (order) => order !== 0),
  gt: (right) => rankedTo(right, (order) => order > 0),
  gte: (right) => rankedTo(right, (order) => order >= 0),
  lt: (right) => rankedTo(right, (order) => order < 0),
  lte: (right) => rankedTo(right, (order) => order <= 0),
  between: ([low, high]) => {
    const atLeast = rankedTo(low, (order) => order >= 0)
    const atMost = rankedTo(high, (order) => order <= 0)
    return (value, scope) => allOf([atLeast(value, scope), atMost(value, scope)])
  },
  in: (right) => inList(right),
  notIn: (right) => negated(inList(right)),
  hasAny: (right) => besideList(right, listHasAny),
  hasAll: (right) => besideList(right, listHasAll),
  hasNone: (right) => negated(besideList(right, listHasAny)),
  contains: (part) => {
    const folded = foldAscii(part)
    return ofText((text) => foldAscii(text).includes(folded))
  },
  startsWith: (part) => {
    const folded = foldAscii(part)
    return ofText((text) => foldAscii(text).startsWith(folded))
  },
  endsWith: (part) => {
    const folded = foldAscii(part)
    return ofText((text) => foldAscii(text).endsWith(folded))
  },
  under: (parent) => ofText((text) => liesUnder(text, parent)),
  known: (wanted) => (value) => (value !== null) === wanted,
  during: (window) => (value, scope) => {
    const bounds = scope.window(window)
    return typeof value !== 'number' || bounds === null ? null : value >= bounds.from && value < bounds.to
  },
  anniversary: (window: Window) => (value, scope) =>
    typeof value === 'number' ? scope.anniversary(value, window) : null,
}

type TailName = Tail extends infer One ? (One extends object ? keyof One : never) : never
type TailRight<Name extends TailName> = Extract<Tail, Record<Name, unknown>>[Name]

/** Makes the operator of a test ready: a function of the left value. Exported for tests of other left sides. */
export function prepareTail(tail: Tail): PreparedTail {
  for (const name of Object.keys(tail)) {
    if (Object.hasOwn(TAILS, name)) {
      const build = TAILS[name as TailName] as (right: unknown) => PreparedTail
      return build((tail as Record<string, unknown>)[name])
    }
  }
  return () => null
}

function negated(tail: PreparedTail): PreparedTail {
  return (value, scope) => notOf(tail(value, scope))
}

function ofText(holds: (text: string) => boolean): PreparedTail {
  return (value) => (typeof value === 'string' ? holds(value) : null)
}

function compareTo(right: Operand, holds: (order: number) => boolean): PreparedTail {
  const operand = prepareOperand(right)
  return (value, scope) => {
    const order = compareValues(value, operand(scope, value))
    return order === null ? null : holds(order)
  }
}

/** As `compareTo`, but texts of an ordered tag go by their rank; a text without rank is unknown. */
function rankedTo(right: Operand, holds: (order: number) => boolean): PreparedTail {
  const operand = prepareOperand(right)
  const plain = compareTo(right, holds)
  return (value, scope) => {
    const ranks = scope.ranks ?? null
    if (ranks === null || typeof value !== 'string') return plain(value, scope)
    const [own, other] = [ranks.indexOf(value), ranks.indexOf(String(operand(scope, value)))]
    return own < 0 || other < 0 ? null : holds(own - other)
  }
}

function inList(right: ListOperand): PreparedTail {
  if (!Array.isArray(right)) {
    const operand = prepareOperand(right)
    return (value, scope) => isOneOf(value, asList(operand(scope, value)))
  }
  const texts = new Set(right.flatMap((one) => (typeof one === 'boolean' ? [] : [String(one)])))
  const numbers = new Set(right.flatMap((one) => (typeof one === 'number' ? [parseDecimal(one)] : [])))
  return (value, scope) => {
    if (typeof value === 'string') return texts.has(value)
    if (typeof value === 'bigint') return numbers.has(value)
    if (typeof value === 'boolean') return right.includes(value)
    return typeof value === 'number'
      ? right.some((one) => typeof one === 'string' && scope.instant(one) === value)
      : null
  }
}

function besideList(
  right: ListOperand,
  holds: (list: EventScopeValue, wanted: EventScopeValue) => boolean | null,
): PreparedTail {
  if (!Array.isArray(right)) {
    const operand = prepareOperand(right)
    return (value, scope) => holds(value, asList(operand(scope, value)))
  }
  const literals = right.map(prepareLiteral)
  return (value, scope) => {
    if (typeof value !== 'object' || value === null) return null
    const kind = value[0] ?? ''
    const wanted = literals.flatMap((literal) => {
      const one = literal(scope, kind)
      return one === null || typeof one === 'object' ? [] : [one]
    })
    // A wanted literal that cannot have the list's type is in no list.
    return holds(value, wanted.length === literals.length ? wanted : [...wanted, NOT_IN_ANY_LIST])
  }
}

/** One thing counts as a list of one. */
function asList(value: EventScopeValue): EventScopeValue {
  return value === null || typeof value === 'object' ? value : [value]
}

const NOT_IN_ANY_LIST: EventScopeScalar = Number.NaN

function prepareOperand(operand: Operand | { list: string }): PreparedOperand {
  if (typeof operand !== 'object') return prepareLiteral(operand)
  if ('prop' in operand || 'case' in operand || ('clock' in operand && !('of' in operand))) {
    return prepareEventValue(operand as EventValue)
  }
  if (!('calc' in operand)) return (scope) => scope.operand(operand)
  const calc = prepareCalc(operand)
  const fallback = 'default' in operand && operand.default !== undefined ? prepareLiteral(operand.default) : null
  return fallback === null ? calc : (scope, beside) => calc(scope) ?? fallback(scope, beside)
}

function prepareLiteral(literal: Literal): PreparedOperand {
  if (typeof literal === 'boolean') return () => literal
  if (typeof literal === 'number') {
    const number = parseDecimal(literal)
    const text = String(literal)
    return (_scope, beside) => (typeof beside === 'string' ? text : number)
  }
  return (scope, beside) => (typeof beside === 'number' ? scope.instant(literal) : literal)
}
