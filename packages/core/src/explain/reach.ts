import type { EvaluateScope } from '../evaluate/scope.js'
import { dateWindow } from '../evaluate/windows.js'
import { ONE } from '../kernel/decimal.js'
import { parseInstant } from '../kernel/zone.js'
import type { Condition, Definition, Id, OperatorName, Tail, TreeNode, Value, Window } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { assignWayOf, groupHeadOf, operatorOf, valueHeadOf } from '../language/frame/which.js'
import { codesOfTag, findType } from '../language/type-of.js'
import { branchCondition } from './branch-condition.js'
import { type Goal, goalsOf, Known, meets, STEP } from './goal.js'
import type { Plan, ReachScope } from './head.js'
import { CONDITION_EXPLANATIONS, VALUE_EXPLANATIONS, WAY_EXPLANATIONS } from './heads.js'
import { solveRows } from './row-solver.js'
import type { Trial } from './trial.js'

/** Of each part only so many plans are followed, and so many of several taken together. */
const MOST_PLANS = 8
const MOST_TOGETHER = 12
const DEEPEST = 12

/** Plans that may give a definition a value (`code`), or take one away from a multi family. Smallest first, unverified. */
export function plansFor(definition: Definition, code: EventScopeValue, gives: boolean, trial: Trial): readonly Plan[] {
  return smallest(new Reach(trial, definition, 0).body(code, gives), 24)
}

class Reach implements ReachScope {
  readonly now: EvaluateScope

  constructor(
    private readonly trial: Trial,
    private readonly own: Definition,
    private readonly depth: number,
  ) {
    this.now = trial.place(own)
  }

  body(code: EventScopeValue, gives: boolean): readonly Plan[] {
    const { own } = this
    switch (own.kind) {
      case 'segment':
        return code === null ? [] : this.condition(own.where, code === true)
      case 'metric':
        return []
      case 'tree':
        return typeof code === 'string' ? this.#branch(own.root, code.split('/')) : []
      case 'tag': {
        const speaks = own.only === undefined || this.now.condition(own.only) === true
        const only = own.only
        if (code === null && only !== undefined && speaks) return this.condition(only, false)
        const way = WAY_EXPLANATIONS[assignWayOf(own.assign) as 'rules']
        const plans = way.reach(own.assign as never, own, code, gives, this)
        if (speaks || only === undefined) return plans
        const opened = this.condition(only, true)
        // It may have the value as soon as the tag speaks for the subject at all.
        return [...opened, ...this.together([opened, plans])]
      }
    }
  }

  #branch(node: TreeNode, path: readonly string[]): readonly Plan[] {
    const [next, ...rest] = path
    const child = node.split?.find((one) => one.id === next)
    if (child === undefined) return []
    const choices: (readonly Plan[])[] = []
    const conditionOf = (one: TreeNode) => branchCondition(one, node)
    const own = conditionOf(child)
    if (own !== null && this.now.condition(own) !== true) choices.push(this.condition(own, true))
    for (const before of (node.split ?? []).slice(0, node.split!.indexOf(child))) {
      const other = conditionOf(before)
      if (other !== null && this.now.condition(other) === true) choices.push(this.condition(other, false))
    }
    const deeper = rest.length === 0 ? [] : this.#branch(child, rest)
    if (choices.length === 0) return deeper
    const here = this.together(choices)
    return rest.length === 0 ? here : [...here, ...this.together([here, deeper])]
  }

  value(value: Value, goal: Goal): readonly Plan[] {
    const head = valueHeadOf(value)
    if (head === null || !(head in VALUE_EXPLANATIONS) || this.depth > DEEPEST) return []
    return VALUE_EXPLANATIONS[head as 'did'].reach(value as never, goal, this).slice(0, MOST_PLANS * 2)
  }

  condition(condition: Condition, wanted: boolean): readonly Plan[] {
    const head = groupHeadOf(condition)
    if (head !== null) {
      return smallest(CONDITION_EXPLANATIONS[head as 'all'].reach(condition as never, wanted, this), MOST_PLANS)
    }
    return smallest(this.#comparison(condition as Value & Tail, wanted), MOST_PLANS)
  }

  #comparison(condition: Value & Tail, wanted: boolean): Plan[] {
    const operator = operatorOf(condition)!
    const right = (condition as unknown as Record<string, unknown>)[operator]
    const left = this.now.value(condition)
    const type = findType(condition, { catalog: this.now.catalog, subject: this.now.subject, stream: null })
    const step = type?.kind === 'number' && type.scale === 0 ? ONE : STEP
    const { zone } = this.now
    const scope = {
      step,
      instant: (text: string) => (type?.kind === 'date' ? parseInstant(zone, text) : null),
      window: (window: unknown) => this.#window(window as Window),
    }
    if (left.codes !== undefined && RANKED.has(operator))
      return this.#ranked(condition, operator, right, left.codes, wanted)
    const plans = goalsOf(operator, this.#rightSide(right), left.value, wanted, scope).flatMap((goal) =>
      this.value(condition, goal),
    )
    const mirrored = MIRRORED[operator]
    if (mirrored === undefined || !isValue(right)) return plans
    const other = goalsOf(mirrored, new Known(left.value), null, wanted, scope).flatMap((goal) =>
      this.value(right, goal),
    )
    return [...plans, ...other]
  }

  /** Codes of an ordered family: those whose rank makes the comparison come out as wanted. */
  #ranked(
    value: Value & Tail,
    operator: OperatorName,
    right: unknown,
    codes: readonly string[],
    wanted: boolean,
  ): Plan[] {
    const rank = (side: unknown): number => codes.indexOf(String(isValue(side) ? this.now.value(side).value : side))
    const holds = (own: number): boolean => {
      if (operator === 'between') {
        const [low, high] = right as [unknown, unknown]
        return own >= rank(low) && own <= rank(high)
      }
      const order = own - rank(right)
      return operator === 'gt'
        ? order > 0
        : operator === 'gte'
          ? order >= 0
          : operator === 'lt'
            ? order < 0
            : order <= 0
    }
    const samples = codes.filter((_, index) => holds(index) === wanted)
    return samples.flatMap((code) => this.value(value, { kind: 'text', samples: [code], fresh: false, not: [] }))
  }

  #window(window: Window) {
    const found = dateWindow(window, this.now)
    return found === null
      ? null
      : { from: found.from ?? Number.NEGATIVE_INFINITY, to: found.to ?? Number.POSITIVE_INFINITY }
  }

  #rightSide(right: unknown): unknown {
    if (Array.isArray(right)) return right.map((side) => (isValue(side) ? new Known(this.now.value(side).value) : side))
    return isValue(right) ? new Known(this.now.value(right).value) : right
  }

  definition(id: Id, goal: Goal): readonly Plan[] {
    const definition = this.trial.definitionOf(id)
    if (definition === undefined || this.depth >= DEEPEST) return []
    const inner = new Reach(this.trial, definition, this.depth + 1)
    if (definition.kind === 'metric') return inner.value(definition.value, goal)
    if (definition.kind === 'segment') return goal.kind === 'bool' ? inner.body(goal.value, true) : []
    if (definition.kind !== 'tag') return []
    if (goal.kind === 'list') {
      return [
        ...goal.add.flatMap((code) => inner.body(code, true)),
        ...goal.remove.flatMap((code) => inner.body(code, false)),
      ]
    }
    if (goal.kind === 'bool') return inner.body(goal.value, true)
    if (goal.kind === 'known' && !goal.known) return inner.body(null, true)
    const scope = { catalog: this.now.catalog, subject: definition.subject ?? 'person', stream: null }
    const codes = codesOfTag(definition, scope)
    if (codes !== null) {
      return codes.filter((code) => meets(goal, code)).flatMap((code) => inner.body(code, true))
    }
    if ('value' in definition.assign) return inner.value(definition.assign.value, goal)
    return goal.kind === 'text' ? goal.samples.flatMap((code) => inner.body(code, true)) : []
  }

  rows(...[stream, each, where, want]: Parameters<ReachScope['rows']>) {
    return solveRows(this.now, stream, each, where, want)
  }

  together(choices: readonly (readonly Plan[])[]): readonly Plan[] {
    if (choices.length === 0 || choices.some((plans) => plans.length === 0)) return []
    let combined: Plan[] = [[]]
    for (const plans of choices) {
      const few = smallest(plans, 4)
      combined = smallest(
        combined.flatMap((before) => few.map((plan) => [...before, ...plan])),
        MOST_TOGETHER,
      )
    }
    return combined
  }
}

const RANKED = new Set<OperatorName>(['gt', 'gte', 'lt', 'lte', 'between'])
/** Which comparison of the right side says the same. */
const MIRRORED: Partial<Record<OperatorName, OperatorName>> = {
  is: 'is',
  isNot: 'isNot',
  gt: 'lt',
  gte: 'lte',
  lt: 'gt',
  lte: 'gte',
}

function isValue(side: unknown): side is Value {
  return typeof side === 'object' && side !== null && !Array.isArray(side) && valueHeadOf(side) !== null
}

/** How much a plan asks for. */
export function sizeOf(plan: Plan): number {
  return plan.reduce((sum, step) => {
    if (step.kind !== 'event') return sum + 3
    const properties =
      Object.keys(step.properties).length + step.items.reduce((all, line) => all + Object.keys(line).length, 0)
    return sum + 1 + step.times + properties * 0.1
  }, 0)
}

function smallest(plans: readonly Plan[], most: number): Plan[] {
  const seen = new Set<string>()
  const distinct = plans.filter((plan) => {
    const key = JSON.stringify(plan, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
    return !seen.has(key) && seen.add(key)
  })
  return distinct.sort((a, b) => sizeOf(a) - sizeOf(b)).slice(0, most)
}
