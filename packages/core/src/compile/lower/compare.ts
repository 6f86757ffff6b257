import { and, call, choose, type Expr, FALSE, isTrue, missing, number, type ParamExpr, param } from '../plan/expr.js'
import {
  FIRST_INSTANT,
  instantParam,
  LAST_INSTANT,
  type Lowered,
  type LoweredCode,
  type LoweredDate,
  type LoweredList,
  listOfCodes,
  millisOf,
  textOfCode,
} from './lowered.js'
import { type Comparison, compareNumbers } from './numbers.js'

/** The truth value nobody knows. */
export const UNKNOWN: Expr = missing('UInt8')

/** `left op right` for two values of one type; unknown when a side is missing or the types differ. */
export function compare(op: Comparison, left: Lowered, right: Lowered): Expr {
  if (left.type === 'number' && right.type === 'number') return compareNumbers(op, left, right)
  if (left.type === 'date' && right.type === 'date') return compareDates(op, left, right)
  if (left.type === 'bool' && right.type === 'bool') return op === 'eq' ? call('eq', left.expr, right.expr) : UNKNOWN
  if (left.type === 'code') return compareCode(op, left, right)
  if (left.type === 'identity') {
    const isLiteral = op === 'eq' && right.type === 'text' && right.expr.kind === 'param'
    return isLiteral ? ifKnown([left.known], left.isOneOf([String((right.expr as ParamExpr).value)])) : UNKNOWN
  }
  if (op !== 'eq') return UNKNOWN
  const [a, b] = [textOf(left), textOf(right)]
  return a === null || b === null ? UNKNOWN : call('eq', a, b)
}

/** Codes rank in the order of their family. */
function compareCode(op: Comparison, left: LoweredCode, right: Lowered): Expr {
  if (right.type === 'text' && right.expr.kind === 'param') {
    const place = left.codes.indexOf(String(right.expr.value)) + 1
    if (place === 0 && op !== 'eq') return UNKNOWN
    if (left.holds) return ifKnown([knownOf(left)], left.holds(placesThat(op, place, left.codes.length)))
    return ifKnown([knownOf(left)], call(op, left.index, number(place)))
  }
  if (right.type === 'code' && sameCodes(left, right)) {
    return ifKnown([knownOf(left), knownOf(right)], call(op, left.index, right.index))
  }
  const text = textOf(right)
  if (text === null) return UNKNOWN
  if (op === 'eq') return call('eq', textOfCode(left), text)
  const place = call('indexOf', param('Array(String)', left.codes), text)
  return ifKnown([knownOf(left), call('gt', place, number(0))], call(op, left.index, place))
}

function placesThat(op: Comparison, place: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1).filter((one) => HOLDS[op](one, place))
}

const HOLDS: Readonly<Record<Comparison, (one: number, place: number) => boolean>> = {
  eq: (one, place) => one === place,
  gt: (one, place) => one > place,
  gte: (one, place) => one >= place,
  lt: (one, place) => one < place,
  lte: (one, place) => one <= place,
}

function sameCodes(left: LoweredCode, right: LoweredCode): boolean {
  return left.codes.length === right.codes.length && left.codes.every((code, index) => code === right.codes[index])
}

/** The result where the conditions hold, unknown elsewhere. */
export function ifKnown(conditions: readonly Expr[], then: Expr): Expr {
  return choose([{ when: isTrue(and(conditions)), then }], UNKNOWN)
}

function compareDates(op: Comparison, left: LoweredDate, right: LoweredDate): Expr {
  const literal = right.literal
  if (left.form === 'instant' && literal !== null && literal >= FIRST_INSTANT && literal <= LAST_INSTANT) {
    return call(op, left.expr, instantParam(literal))
  }
  if (left.form === right.form) return call(op, left.expr, right.expr)
  return call(op, millisOf(left), millisOf(right))
}

/** Whether a value is there; never unknown. */
export function knownOf(value: Lowered): Expr {
  switch (value.type) {
    case 'missing':
      return FALSE
    case 'list':
    case 'identity':
      return value.known
    case 'code':
      return value.holds ? value.holds(value.codes.map((_, index) => index + 1)) : call('gt', value.index, number(0))
    case 'codes':
      return call('notEmpty', value.indexes)
    default:
      return call('isKnown', value.expr)
  }
}

/** A value as a list, or null when it is none. */
export function asList(value: Lowered): LoweredList | null {
  if (value.type === 'list') return value
  return value.type === 'codes' ? listOfCodes(value) : null
}

/** A value as text, or null when it has another type. */
export function textOf(value: Lowered): Expr | null {
  if (value.type === 'text') return value.expr
  return value.type === 'code' ? textOfCode(value) : null
}
