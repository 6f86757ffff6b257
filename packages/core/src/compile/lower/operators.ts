import type { Catalog } from '../../catalog/catalog.js'
import { parseDecimal } from '../../kernel/decimal.js'
import type { ListOperand, Literal, Operand, OperatorName, Tail, Window } from '../../language/document.js'
import { and, call, type Expr, FALSE, not, param } from '../plan/expr.js'
import { asList, compare, ifKnown, knownOf, textOf, UNKNOWN } from './compare.js'
import {
  type Lowered,
  type LoweredDate,
  type LoweredList,
  literalDate,
  literalNumber,
  literalText,
  MISSING,
  millisOf,
} from './lowered.js'
import { type Comparison, numberIn, storedText } from './numbers.js'

/** What an operator needs from the place it stands in: the subject's scope or one event's. */
export interface OperatorScope {
  readonly catalog: Catalog
  /** Another value on the right side. */
  operand(operand: Exclude<Operand, Literal>, path: string): Lowered
  /** The instant of a date literal; null when it is no date. */
  instant(text: string): number | null
  /** Bounds of a window for dates; null = missing. */
  dateWindow(window: Window, path: string): { from: LoweredDate | null; to: LoweredDate | null } | null
  /** Whether the yearly return of a date falls into a window. */
  anniversary(date: LoweredDate, window: Window, path: string): Expr
}

type Right<Name extends OperatorName> =
  Extract<Tail, Record<Name, unknown>> extends Record<Name, infer Side> ? Side : never
type Operator<Name extends OperatorName> = (
  left: Lowered,
  right: Right<Name>,
  scope: OperatorScope,
  path: string,
) => Expr

/** `left <operator> right` as a three-valued expression. */
export function lowerTail(left: Lowered, tail: Tail, scope: OperatorScope, path: string): Expr {
  for (const name of Object.keys(OPERATORS) as OperatorName[]) {
    if (name in tail) {
      const lower = OPERATORS[name] as (left: Lowered, right: unknown, scope: OperatorScope, path: string) => Expr
      return lower(left, (tail as Record<string, unknown>)[name], scope, `${path}/${name}`)
    }
  }
  return UNKNOWN
}

/** Whether an object carries an operator. */
export function hasOperator(value: object): boolean {
  return Object.keys(OPERATORS).some((name) => name in value)
}

const compared =
  (op: Comparison) =>
  (left: Lowered, right: Operand, scope: OperatorScope, path: string): Expr =>
    compare(op, left, rightSide(right, left, scope, path))

const OPERATORS: { readonly [Name in OperatorName]: Operator<Name> } = {
  is: compared('eq'),
  isNot: (left, right, scope, path) => not(compared('eq')(left, right, scope, path)),
  gt: compared('gt'),
  gte: compared('gte'),
  lt: compared('lt'),
  lte: compared('lte'),
  between: (left, [low, high], scope, path) =>
    and([
      compare('gte', left, rightSide(low, left, scope, `${path}/0`)),
      compare('lte', left, rightSide(high, left, scope, `${path}/1`)),
    ]),
  in: (left, right, scope, path) => isIn(left, right, scope, path),
  notIn: (left, right, scope, path) => not(isIn(left, right, scope, path)),
  hasAny: (left, right, scope, path) => listHas('hasAny', left, right, scope, path),
  hasAll: (left, right, scope, path) => listHas('hasAll', left, right, scope, path),
  hasNone: (left, right, scope, path) => not(listHas('hasAny', left, right, scope, path)),
  contains: (left, right) => ofText(left, (text) => call('textContains', text, foldedParam(right))),
  startsWith: (left, right) => ofText(left, (text) => call('textStartsWith', text, foldedParam(right))),
  endsWith: (left, right) => ofText(left, (text) => call('textEndsWith', text, foldedParam(right))),
  under: (left, right) =>
    ofText(left, (text) => call('textUnder', text, param('String', right), param('String', `${right}/`))),
  known: (left, right) => (right ? knownOf(left) : not(knownOf(left))),
  during: (left, window, scope, path) => {
    const bounds = scope.dateWindow(window, path)
    if (left.type !== 'date' || bounds === null) return UNKNOWN
    const edges: Expr[] = [
      bounds.from === null ? call('eq', millisOf(left), millisOf(left)) : compare('gte', left, bounds.from),
    ]
    if (bounds.to !== null) edges.push(compare('lt', left, bounds.to))
    return and(edges)
  },
  anniversary: (left, window, scope, path) => (left.type === 'date' ? scope.anniversary(left, window, path) : UNKNOWN),
}

/** An uploaded list of values as what it holds. */
function writtenOut(right: ListOperand, scope: OperatorScope): ListOperand {
  if (Array.isArray(right) || !('list' in right)) return right
  return [...(scope.catalog.lists.get(right.list)?.values ?? [])]
}

function isIn(left: Lowered, side: ListOperand, scope: OperatorScope, path: string): Expr {
  const right = writtenOut(side, scope)
  if (!Array.isArray(right)) {
    const list = asList(scope.operand(right as never, path))
    const one = left.type === 'date' ? millisOf(left) : left.type === 'number' ? decimalElement(left) : textOf(left)
    if (list === null || one === null || left.type === 'missing') return UNKNOWN
    if (list.element !== (left.type === 'number' || left.type === 'date' ? left.type : 'text')) return UNKNOWN
    return ifKnown([list.known, call('isKnown', one)], call('has', list.expr, one))
  }
  switch (left.type) {
    case 'number':
      return numberIn(
        left,
        right.flatMap((one) => (typeof one === 'number' ? [parseDecimal(one)!] : [])),
      )
    case 'date': {
      const instants = right.flatMap((one) => (typeof one === 'string' ? [scope.instant(one)] : []))
      return call(
        'in',
        millisOf(left),
        param(
          'Array(Int64)',
          instants.filter((one) => one !== null),
        ),
      )
    }
    case 'bool':
      return call(
        'in',
        left.expr,
        param(
          'Array(UInt8)',
          right.flatMap((one) => (typeof one === 'boolean' ? [Number(one)] : [])),
        ),
      )
    case 'code': {
      const places = texts(right).flatMap((text) => (left.codes.includes(text) ? [left.codes.indexOf(text) + 1] : []))
      const isOne = left.holds ? left.holds(places) : call('in', left.index, param('Array(UInt16)', places))
      return ifKnown([knownOf(left)], isOne)
    }
    case 'identity':
      return ifKnown([left.known], left.isOneOf(texts(right)))
    case 'text':
      return call('in', left.expr, param('Array(String)', texts(right)))
    default:
      return UNKNOWN
  }
}

function listHas(
  name: 'hasAny' | 'hasAll',
  left: Lowered,
  side: ListOperand,
  scope: OperatorScope,
  path: string,
): Expr {
  const right = writtenOut(side, scope)
  const list = asList(left)
  if (list === null) return UNKNOWN
  if (!Array.isArray(right)) {
    const wanted = asList(scope.operand(right as never, path))
    if (wanted === null || wanted.element !== list.element) return UNKNOWN
    return ifKnown([list.known, wanted.known], call(name, list.expr, wanted.expr))
  }
  const wanted = wantedElements(list, right, scope)
  // A literal that cannot have the list's type is in no list.
  if (name === 'hasAll' && wanted.count < right.length) return ifKnown([list.known], FALSE)
  return ifKnown([list.known], call(name, list.expr, wanted.expr))
}

function wantedElements(
  list: LoweredList,
  literals: readonly Literal[],
  scope: OperatorScope,
): { expr: Expr; count: number } {
  switch (list.element) {
    case 'text': {
      const found = texts(literals)
      return { expr: param('Array(String)', found), count: found.length }
    }
    case 'number': {
      const found = literals.flatMap((one) => (typeof one === 'number' ? [storedText(parseDecimal(one)!)] : []))
      return { expr: param('Array(Decimal(18,4))', found), count: found.length }
    }
    case 'date': {
      const found = literals.flatMap((one) => (typeof one === 'string' ? (scope.instant(one) ?? []) : []))
      return { expr: param('Array(Int64)', found), count: found.length }
    }
    case 'bool': {
      const found = literals.flatMap((one) => (typeof one === 'boolean' ? [Number(one)] : []))
      return { expr: param('Array(UInt8)', found), count: found.length }
    }
  }
}

function decimalElement(value: Lowered): Expr | null {
  return value.type === 'number' && value.form === 'decimal64' ? value.expr : null
}

function ofText(left: Lowered, holds: (text: Expr) => Expr): Expr {
  const text = textOf(left)
  return text === null ? UNKNOWN : holds(text)
}

function foldedParam(text: string): Expr {
  return param(
    'String',
    text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  )
}

function texts(literals: readonly Literal[]): string[] {
  return literals.flatMap((one) => literalText(one) ?? [])
}

/** The right side of a comparison; a literal takes the type of what stands beside it. */
function rightSide(operand: Operand, beside: Lowered, scope: OperatorScope, path: string): Lowered {
  if (typeof operand === 'object') return scope.operand(operand, path)
  return lowerLiteral(operand, beside, scope)
}

/** A literal as a value of the type of `beside`; missing when it cannot be one. */
export function lowerLiteral(literal: Literal, beside: Lowered, scope: Pick<OperatorScope, 'instant'>): Lowered {
  switch (beside.type) {
    case 'number':
      return typeof literal === 'number' ? literalNumber(parseDecimal(literal)!) : MISSING
    case 'date': {
      const instant = typeof literal === 'string' ? scope.instant(literal) : null
      return instant === null ? MISSING : literalDate(instant)
    }
    case 'bool':
      return typeof literal === 'boolean' ? { type: 'bool', expr: param('UInt8', Number(literal)) } : MISSING
    default: {
      const text = literalText(literal)
      return text === null ? MISSING : { type: 'text', expr: param('String', text) }
    }
  }
}
