import type { Assign, Condition, EventValue, OperatorName, Tail, Test, Value, Window } from '../document.js'
import {
  ASSIGN_WAYS,
  type AssignWayName,
  CONDITION_HEADS,
  type ConditionHeadName,
  EVENT_VALUE_HEADS,
  type EventValueHeadName,
  OPERATORS,
  VALUE_HEADS,
  type ValueHeadName,
  type WindowName,
} from './names.js'

const ALL_VALUE_HEADS = new Set<string>([...VALUE_HEADS, ...EVENT_VALUE_HEADS])
const GROUP_HEADS = new Set<string>(CONDITION_HEADS)
const OPERATOR_NAMES = new Set<string>(OPERATORS)
const WAYS = new Set<string>(ASSIGN_WAYS)

/** The head of a value of a subject or an event, or null for anything else. */
export function valueHeadOf(value: Value | EventValue | object): ValueHeadName | EventValueHeadName | null {
  return keyIn(value, ALL_VALUE_HEADS) as ValueHeadName | EventValueHeadName | null
}

/** The head of a condition or test that is no comparison, or null for a value with an operator. */
export function groupHeadOf(condition: Condition | Test): ConditionHeadName | null {
  return keyIn(condition, GROUP_HEADS) as ConditionHeadName | null
}

/** The operator of a comparison, or null. */
export function operatorOf(condition: Condition | Test | Tail): OperatorName | null {
  return keyIn(condition, OPERATOR_NAMES) as OperatorName | null
}

/** Whether what stands under a tree's `when` is an operator alone, to be compared with the parent's `by`. */
export function isTailOnly(when: Condition | Tail): when is Tail {
  return groupHeadOf(when as Condition) === null && valueHeadOf(when) === null && operatorOf(when) !== null
}

/** The way of an assignment. */
export function assignWayOf(assign: Assign): AssignWayName {
  return keyIn(assign, WAYS) as AssignWayName
}

/** The kind of a window. */
export function windowNameOf(window: Window): WindowName {
  if (window === 'ever') return 'ever'
  if ('last' in window) return 'last'
  if ('complete' in window) return 'complete'
  if ('this' in window) return 'this'
  if ('next' in window) return 'next'
  if ('coming' in window) return 'coming'
  return 'period' in window ? 'period' : 'anchored'
}

/** A comparison taken apart: its value and its operator with the right side. */
export function splitComparison(condition: (Value | EventValue) & Tail): {
  value: Value | EventValue
  operator: OperatorName
  right: unknown
} {
  const operator = operatorOf(condition) as OperatorName
  const { [operator]: right, ...value } = condition as Record<string, unknown>
  return { value: value as unknown as Value | EventValue, operator, right }
}

function keyIn(value: object, names: ReadonlySet<string>): string | null {
  for (const key of Object.keys(value)) if (names.has(key)) return key
  return null
}
