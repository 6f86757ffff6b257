import { FRESH, type Goal, STEP } from '../../../explain/goal.js'
import type { EventStep, ExplainValue, Plan, ReachScope } from '../../../explain/head.js'
import { ONE } from '../../../kernel/decimal.js'
import type { DidValue, Prop } from '../../document.js'
import type { EventScopeValue } from '../../event-scope/event-scope.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import { type GetName, getNameOf } from './get-name.js'
import { sayStreamParts } from './sentence.js'

/** More may happen; what happened falls out of its window. */
export const explainDid: ExplainValue<DidValue> = {
  parts: () => [],
  missing: ({ did, each, where, within }, scope, speaker) => {
    const parts = sayStreamParts(did, each, where, within, scope, speaker, 'noun')
    return speaker.pick(
      `${parts.window}没有${parts.event}${parts.where}，或时间窗尚未开始`,
      `there is no ${parts.event}${parts.where}${parts.window === '' ? '' : ` ${parts.window}`}, or the window has not begun`,
    )
  },
  moments: (value, scope) => {
    const { did, get } = value
    scope.stream(value)
    // The same day counts once, so the next one matters.
    if (get === 'days') for (const ts of scope.rows(did)) scope.later(ts, ['1d'])
  },
  dates: ({ did, get }, scope) => {
    if (get === 'firstAt' || get === 'lastAt') return scope.rows(did)
    if (typeof get !== 'object') return []
    const prop = Object.values(get)[0] as Prop
    if (typeof prop !== 'string') return []
    return scope.facts.events.flatMap(({ properties, items }) =>
      [properties[prop], ...items.map((item) => item[prop.slice(prop.indexOf('.') + 1)])].filter(
        (value) => typeof value === 'number',
      ),
    )
  },
  reach: (value, goal, scope) => {
    if (streamScopeOf(value.did, value.each).kind === 'changes') return []
    return REACHES[getNameOf(value.get ?? 'count')](value, goal, scope)
  },
}

type Reach = (value: DidValue, goal: Goal, scope: ReachScope) => readonly Plan[]

/** More of anything is tried in these numbers where no better one is known. */
const MOST_TIMES = 200

const REACHES: Readonly<Record<GetName, Reach>> = {
  count: (value, goal, scope) => repeated(value, scope, missingNumber(value, goal, scope)),
  days: (value, goal, scope) => repeated(value, scope, missingNumber(value, goal, scope) === 1 ? 1 : 0),
  firstAt: (value, _goal, scope) => repeated(value, scope, value.nth ?? 1),
  lastAt: (value, _goal, scope) => repeated(value, scope, value.nth ?? 1),
  span: (value, _goal, scope) => repeated(value, scope, 1),
  gaps: (value, _goal, scope) => repeated(value, scope, 1),
  sum: (value, goal, scope) => {
    if (goal.kind !== 'number') return repeated(value, scope, 1)
    const now = numberOf(value, scope) ?? 0n
    const [from, to] = [goal.from, goal.to].map((end) => (end === null ? null : end - now))
    // Nobody pays less than nothing: a sum does not fall by one more.
    if (to != null && to < 0n) return []
    const single = withProp(value, { kind: 'number', from: from!, to: to! }, scope)
    return single.length > 0 || from == null || from <= 0n ? single : severalOf(value, from, scope)
  },
  avg: (value, goal, scope) => {
    if (goal.kind !== 'number') return repeated(value, scope, 1)
    const sum = numberOf({ ...value, get: { sum: propOf(value) } }, scope) ?? 0n
    const known = numberOf({ ...value, get: 'count' }, scope) ?? 0n
    const others = known / ONE
    const end = (one: bigint | null) => (one === null ? null : one * (others + 1n) - sum)
    const rounded = (one: bigint | null) => (one === null || one % STEP === 0n ? one : one - (one % STEP) + STEP)
    return withProp(value, { kind: 'number', from: rounded(end(goal.from)), to: end(goal.to) }, scope)
  },
  min: (value, goal, scope) => withProp(value, goal, scope),
  max: (value, goal, scope) => withProp(value, goal, scope),
  first: (value, goal, scope) => withProp(value, goal, scope),
  last: (value, goal, scope) => withProp(value, goal, scope),
  values: (value, goal, scope) => {
    if (goal.kind !== 'list') return repeated(value, scope, 1)
    return scope.together(
      goal.add.map((text) => withProp(value, { kind: 'text', samples: [text], fresh: false, not: [] }, scope)),
    )
  },
  distinct: (value, goal, scope) => {
    const needed = missingNumber(value, goal, scope)
    if (needed < 1 || needed > 5) return []
    const one = (index: number) =>
      withProp(value, { kind: 'text', samples: [`${FRESH}${index + 1}`], fresh: false, not: [] }, scope)
    return scope.together(Array.from({ length: needed }, (_, index) => one(index)))
  },
}

function repeated({ did, each, where }: DidValue, scope: ReachScope, times: number): Plan[] {
  if (times < 1 || times > MOST_TIMES) return []
  return scope.rows(did, each, where, null).map((step): Plan => [{ ...step, times }])
}

function withProp(value: DidValue, goal: Goal, scope: ReachScope): Plan[] {
  const { did, each, where } = value
  return scope.rows(did, each, where, { prop: propOf(value), goal }).map((step): Plan => [step])
}

/** When no single row may be so large: as many of the largest that may be. */
function severalOf(value: DidValue, needed: bigint, scope: ReachScope): Plan[] {
  const { did, each, where } = value
  const prop = propOf(value)
  if (typeof prop !== 'string') return []
  return scope
    .rows(did, each, where, { prop, goal: { kind: 'number', from: STEP, to: needed } })
    .flatMap((step): Plan[] => {
      const size = propertyOf(step, prop)
      if (typeof size !== 'bigint' || size <= 0n) return []
      const times = Number((needed + size - 1n) / size)
      return times > MOST_TIMES ? [] : [[{ ...step, times }]]
    })
}

function propertyOf(step: EventStep, prop: string): EventScopeValue {
  return step.properties[prop] ?? step.items[0]?.[prop.slice(prop.indexOf('.') + 1)] ?? null
}

function propOf({ get }: DidValue): Prop {
  return typeof get === 'object' ? (Object.values(get)[0] as Prop) : 'event'
}

function numberOf(value: DidValue, scope: ReachScope): bigint | null {
  const found = scope.now.value(value).value
  return typeof found === 'bigint' ? found : null
}

/** How many more rows a goal asks for; 0 = it cannot be reached by more rows. */
function missingNumber(value: DidValue, goal: Goal, scope: ReachScope): number {
  if (goal.kind !== 'number') return goal.kind === 'known' && goal.known ? 1 : 0
  const now = numberOf(value, scope) ?? 0n
  const end = goal.from ?? goal.to
  if (end === null || end <= now) return 0
  return Number((end - now + ONE - 1n) / ONE)
}
