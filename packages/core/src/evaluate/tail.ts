import { parseDecimal } from '../kernel/decimal.js'
import type { OperatorName, Tail } from '../language/document.js'
import { isList, listHasAny } from '../language/event-scope/compare.js'
import { allOf, type EventScope, notOf } from '../language/event-scope/event-scope.js'
import { prepareTail } from '../language/event-scope/prepare.js'
import { operatorOf } from '../language/frame/which.js'
import type { SubjectValue } from './scope.js'

const SIGNS: Partial<Record<OperatorName, (order: number) => boolean>> = {
  is: (order) => order === 0,
  isNot: (order) => order !== 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
}

/** Operators made ready once: a document does not change while it is evaluated. */
const prepared = new WeakMap<Tail, ReturnType<typeof prepareTail>>()

/**
 * `left <operator> right` for a value of a subject. Beyond what a test of one event knows: a bare quotient is compared
 * exactly, codes of an ordered family by their rank, identities as "one of them".
 * `right` reads a value on the right side.
 */
export function evaluateTail(
  left: SubjectValue,
  tail: Tail,
  scope: EventScope,
  right: (operand: object) => SubjectValue,
  isIdentity: boolean,
): boolean | null {
  const operator = operatorOf(tail)!
  const operand = (tail as Record<string, unknown>)[operator]
  if (operator === 'between' && (left.ratio || left.codes)) {
    const [low, high] = operand as [never, never]
    const side = (part: Tail) => evaluateTail(left, part, scope, right, isIdentity)
    return allOf([side({ gte: low }), side({ lte: high })])
  }
  const holds = SIGNS[operator]
  if (holds && left.ratio && typeof operand === 'number') return holds(compareRatio(left.ratio, parseDecimal(operand)!))
  if (holds && left.codes && operator !== 'is' && operator !== 'isNot') {
    const other = typeof operand === 'object' ? right(operand as object).value : operand
    return compareRanks(left, other, holds)
  }
  if (isIdentity) return identityIs(left, operator, operand)
  let ready = prepared.get(tail)
  if (ready === undefined) {
    ready = prepareTail(tail)
    prepared.set(tail, ready)
  }
  return ready(left.value, scope)
}

/** Sign of over/under − k, without dividing. */
function compareRatio({ over, under }: { over: bigint; under: bigint }, k: bigint): number {
  const [left, right] = [over * 100_000_000n, k * under]
  const order = left === right ? 0 : left < right ? -1 : 1
  return under < 0n ? -order : order
}

function compareRanks(left: SubjectValue, right: unknown, holds: (order: number) => boolean): boolean | null {
  const rank = (value: unknown): number => left.codes!.indexOf(String(value))
  if (left.value === null || right === null || rank(right) < 0) return null
  return holds(rank(left.value) - rank(right))
}

function identityIs(left: SubjectValue, operator: OperatorName, operand: unknown): boolean | null {
  if (operator === 'known') return (left.value !== null) === operand
  if (!isList(left.value)) return null
  const wanted = (Array.isArray(operand) ? operand : [operand]).map(String)
  const found = listHasAny(left.value, wanted)
  return operator === 'isNot' || operator === 'notIn' ? notOf(found) : found
}
