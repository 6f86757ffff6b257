import { ONE, parseDecimal } from '../kernel/decimal.js'
import type { OperatorName } from '../language/document.js'
import { foldAscii, isList } from '../language/event-scope/compare.js'
import type { EventScopeScalar, EventScopeValue } from '../language/event-scope/event-scope.js'

/** What a value should become so that a comparison comes out as wanted. Ranges include both ends; null = no end. */
export type Goal =
  | { readonly kind: 'number'; readonly from: bigint | null; readonly to: bigint | null }
  | { readonly kind: 'date'; readonly from: number | null; readonly to: number | null }
  /** Texts to try; `fresh` = any text that is none of `not` would do. */
  | {
      readonly kind: 'text'
      readonly samples: readonly string[]
      readonly fresh: boolean
      readonly not: readonly string[]
    }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'list'; readonly add: readonly string[]; readonly remove: readonly string[] }
  /** Any value, or none. */
  | { readonly kind: 'known'; readonly known: boolean }

/** The smallest step of a stored number. */
export const STEP = ONE / 10_000n

/** How fine the values of the left side are; `window` reads bounds of `during`. */
export interface GoalScope {
  readonly step: bigint
  instant(text: string): number | null
  window(window: unknown): { readonly from: number; readonly to: number } | null
}

/**
 * Goals for the left side of a comparison with `right` (its value) so that it comes out `wanted`. Each is a way of its
 * own. Nothing here is believed before the evaluator has confirmed it, so what cannot be turned into a goal is left out.
 */
export function goalsOf(
  operator: OperatorName,
  right: unknown,
  left: EventScopeValue,
  wanted: boolean,
  scope: GoalScope,
): readonly Goal[] {
  const make = GOALS[operator]
  return make(right, { left, wanted, scope })
}

interface Asked {
  readonly left: EventScopeValue
  readonly wanted: boolean
  readonly scope: GoalScope
}
type Make = (right: unknown, asked: Asked) => readonly Goal[]

const GOALS: Readonly<Record<OperatorName, Make>> = {
  is: (right, { wanted, scope }) => (wanted ? equal(right, scope) : different(right, scope)),
  isNot: (right, { wanted, scope }) => (wanted ? different(right, scope) : equal(right, scope)),
  gt: (right, { wanted, scope }) => (wanted ? above(right, false, scope) : below(right, true, scope)),
  gte: (right, { wanted, scope }) => (wanted ? above(right, true, scope) : below(right, false, scope)),
  lt: (right, { wanted, scope }) => (wanted ? below(right, false, scope) : above(right, true, scope)),
  lte: (right, { wanted, scope }) => (wanted ? below(right, true, scope) : above(right, false, scope)),
  between: (right, { wanted, scope }) => {
    const [low, high] = right as [unknown, unknown]
    if (!wanted) return [...below(low, false, scope), ...above(high, false, scope)]
    const [from, to] = [above(low, true, scope)[0], below(high, true, scope)[0]]
    if (from?.kind === 'number' && to?.kind === 'number') return [{ ...from, to: to.to }]
    return from?.kind === 'date' && to?.kind === 'date' ? [{ ...from, to: to.to }] : []
  },
  in: (right, { wanted }) => (wanted ? oneOf(textsOf(right)) : noneOf(textsOf(right))),
  notIn: (right, { wanted }) => (wanted ? noneOf(textsOf(right)) : oneOf(textsOf(right))),
  hasAny: (right, { wanted }) => (wanted ? eachAdded(textsOf(right)) : removed(textsOf(right))),
  hasNone: (right, { wanted }) => (wanted ? removed(textsOf(right)) : eachAdded(textsOf(right))),
  hasAll: (right, { wanted }) => {
    const texts = textsOf(right)
    return wanted
      ? [{ kind: 'list', add: texts, remove: [] }]
      : texts.map((one) => ({ kind: 'list', add: [], remove: [one] }))
  },
  contains: (right, asked) => matching(String(right), asked, (text, part) => text.includes(part)),
  startsWith: (right, asked) => matching(String(right), asked, (text, part) => text.startsWith(part)),
  endsWith: (right, asked) => matching(String(right), asked, (text, part) => text.endsWith(part)),
  under: (right, { wanted }) => (wanted ? oneOf([String(right)]) : noneOf([String(right)])),
  known: (right, { wanted }) => [{ kind: 'known', known: right === wanted }],
  during: (right, { wanted, scope }) => {
    const bounds = scope.window(right)
    if (bounds === null) return []
    const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null)
    const [from, to] = [finite(bounds.from), finite(bounds.to)]
    if (wanted) return [{ kind: 'date', from, to: to === null ? null : to - 1 }]
    return [
      ...(from === null ? [] : [{ kind: 'date', from: null, to: from - 1 } as const]),
      ...(to === null ? [] : [{ kind: 'date', from: to, to: null } as const]),
    ]
  },
  anniversary: () => [],
}

function equal(right: unknown, scope: GoalScope): Goal[] {
  const value = readSide(right, scope)
  if (typeof value === 'bigint') return [{ kind: 'number', from: value, to: value }]
  if (typeof value === 'number') return [{ kind: 'date', from: value, to: value }]
  if (typeof value === 'boolean') return [{ kind: 'bool', value }]
  return typeof value === 'string' ? oneOf([value]) : []
}

function different(right: unknown, scope: GoalScope): Goal[] {
  const value = readSide(right, scope)
  if (typeof value === 'boolean') return [{ kind: 'bool', value: !value }]
  if (typeof value === 'string') return noneOf([value])
  return [...above(right, false, scope), ...below(right, false, scope)]
}

function above(right: unknown, inclusive: boolean, scope: GoalScope): Goal[] {
  const value = readSide(right, scope)
  if (typeof value === 'bigint') return [{ kind: 'number', from: inclusive ? value : value + scope.step, to: null }]
  return typeof value === 'number' ? [{ kind: 'date', from: inclusive ? value : value + 1, to: null }] : []
}

function below(right: unknown, inclusive: boolean, scope: GoalScope): Goal[] {
  const value = readSide(right, scope)
  if (typeof value === 'bigint') return [{ kind: 'number', from: null, to: inclusive ? value : value - scope.step }]
  return typeof value === 'number' ? [{ kind: 'date', from: null, to: inclusive ? value : value - 1 }] : []
}

const oneOf = (samples: readonly string[]): Goal[] =>
  samples.length === 0 ? [] : [{ kind: 'text', samples, fresh: false, not: [] }]
const noneOf = (not: readonly string[]): Goal[] => [{ kind: 'text', samples: [], fresh: true, not }]
const eachAdded = (texts: readonly string[]): Goal[] => texts.map((one) => ({ kind: 'list', add: [one], remove: [] }))
const removed = (texts: readonly string[]): Goal[] => [{ kind: 'list', add: [], remove: texts }]

function matching(part: string, { wanted }: Asked, holds: (text: string, part: string) => boolean): readonly Goal[] {
  return wanted ? oneOf([part]) : holds(foldAscii('–'), foldAscii(part)) ? [] : noneOf([part])
}

/** A literal in the type it is compared in; values of the evaluator stay as they are. */
function readSide(right: unknown, scope: GoalScope): EventScopeValue {
  if (typeof right === 'bigint' || typeof right === 'boolean') return right
  if (right instanceof Known) return right.value
  if (typeof right === 'number') return parseDecimal(right)
  if (typeof right === 'string') return scope.instant(right) ?? right
  return null
}

/** A right side that was evaluated: its numbers are instants, not literals. */
export class Known {
  constructor(readonly value: EventScopeValue) {}
}

function textsOf(right: unknown): string[] {
  const value = right instanceof Known ? right.value : right
  return Array.isArray(value) ? value.map(String) : []
}

/** Whether a value is what the goal asks for. */
export function meets(goal: Goal, value: EventScopeValue): boolean {
  if (goal.kind === 'known') return (value !== null) === goal.known
  if (value === null) return false
  switch (goal.kind) {
    case 'number':
      return typeof value === 'bigint' && inside(value, goal.from, goal.to)
    case 'date':
      return typeof value === 'number' && inside(value, goal.from, goal.to)
    case 'text':
      return typeof value === 'string' && !goal.not.includes(value) && (goal.fresh || goal.samples.includes(value))
    case 'bool':
      return value === goal.value
    case 'list':
      return (
        isList(value) && goal.add.every((one) => value.includes(one)) && !goal.remove.some((one) => value.includes(one))
      )
  }
}

function inside<T extends bigint | number>(value: T, from: T | null, to: T | null): boolean {
  return (from === null || value >= from) && (to === null || value <= to)
}

/** A text nobody has used: it stands for any other. */
export const FRESH = '…'

/** Values that meet the goal, simplest first; for `known` a value must come from elsewhere. */
export function samplesOf(goal: Goal, current: EventScopeValue = null): readonly EventScopeScalar[] {
  switch (goal.kind) {
    case 'number': {
      const ends = [goal.from, goal.to].filter((one) => one !== null)
      return ends.length === 0 ? [0n] : ends
    }
    case 'date':
      return [goal.from, goal.to].filter((one) => one !== null)
    case 'text':
      return [...goal.samples, ...(goal.fresh && !goal.not.includes(FRESH) ? [FRESH] : [])]
    case 'bool':
      return [goal.value]
    case 'list':
    case 'known':
      return current === null || isList(current) ? [] : [current]
  }
}
