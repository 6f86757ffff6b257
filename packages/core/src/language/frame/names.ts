import type { OperatorName } from '../document.js'

/**
 * Every word that can stand at the head of an object, by position. A new head, operator, window or way does not compile
 * until each table over these lists has an answer for it.
 */
export const VALUE_HEADS = [
  'attr',
  'tag',
  'metric',
  'did',
  'per',
  'via',
  'since',
  'clock',
  'calc',
  'cut',
  'among',
  'trigger',
] as const
export type ValueHeadName = (typeof VALUE_HEADS)[number]

/** Conditions that are no comparison. */
export const CONDITION_HEADS = ['all', 'any', 'not', 'sequence', 'member'] as const
export type ConditionHeadName = (typeof CONDITION_HEADS)[number]

/** Values of one event. */
export const EVENT_VALUE_HEADS = ['prop', 'clock', 'case', 'calc'] as const
export type EventValueHeadName = (typeof EVENT_VALUE_HEADS)[number]

/** Groups of tests of one event. */
export const TEST_HEADS = ['all', 'any', 'not'] as const
export type TestHeadName = (typeof TEST_HEADS)[number]

export type HeadName = ValueHeadName | ConditionHeadName | EventValueHeadName

export const ASSIGN_WAYS = ['rules', 'cut', 'top', 'value', 'given'] as const
export type AssignWayName = (typeof ASSIGN_WAYS)[number]

/** `anchored` stands for from, after and to, which count as one head. */
export const WINDOW_NAMES = ['ever', 'last', 'complete', 'this', 'next', 'coming', 'period', 'anchored'] as const
export type WindowName = (typeof WINDOW_NAMES)[number]

export const OPERATORS = [
  'is',
  'isNot',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'in',
  'notIn',
  'hasAny',
  'hasAll',
  'hasNone',
  'contains',
  'startsWith',
  'endsWith',
  'under',
  'known',
  'during',
  'anniversary',
] as const satisfies readonly OperatorName[]
