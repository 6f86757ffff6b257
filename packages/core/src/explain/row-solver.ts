import { inLogOrder } from '../evaluate/change-rows.js'
import type { EventFact } from '../evaluate/facts.js'
import type { EvaluateScope } from '../evaluate/scope.js'
import { dateWindow } from '../evaluate/windows.js'
import { parseDecimal } from '../kernel/decimal.js'
import { parseInstant } from '../kernel/zone.js'
import type { CaseValue, EventValue, OperatorName, Prop, Stream, Tail, Test, Window } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { eventsOf, usableType } from '../language/frame/property.js'
import { streamScopeOf } from '../language/frame/stream-scope.js'
import { groupHeadOf, operatorOf, valueHeadOf } from '../language/frame/which.js'
import { FRESH, type Goal, type GoalScope, goalsOf, Known, meets, STEP, samplesOf } from './goal.js'
import type { EventStep, RowWant } from './head.js'

/** Events are tried with at most so many sets of properties. */
const MOST_TRIED = 160
const MOST_FOUND = 3
const SEQ = 2n ** 63n

type Assignment = ReadonlyMap<string, EventScopeValue>

/**
 * Events that would be rows of the stream: that pass the test and whose property, if one is wanted, meets its goal. Values
 * are proposed from the comparisons of the test and tried; the fewest properties first.
 */
export function solveRows(
  now: EvaluateScope,
  stream: Stream,
  each: string | undefined,
  where: Test | undefined,
  want: RowWant | null,
): readonly EventStep[] {
  const scope = streamScopeOf(stream, each)
  if (scope.kind === 'changes') return []
  const entries = eventsOf(now.catalog, scope.names)
  const wantedProps = new Set<string>()
  collectProps(where, wantedProps)
  if (want !== null) collectProps(want.prop, wantedProps)
  // Of several events the one that has the most of what is asked for.
  const named = entries.toSorted((a, b) => score(b.properties, wantedProps) - score(a.properties, wantedProps))
  const found: EventStep[] = []
  for (const entry of named.slice(0, 3)) {
    const solver = new Solver(now, entry.name, stream, each, where, want)
    found.push(...solver.solve())
    if (found.length > 0) break
  }
  return found.slice(0, MOST_FOUND)
}

function score(properties: ReadonlyMap<string, unknown>, wanted: ReadonlySet<string>): number {
  return [...wanted].filter((name) => properties.has(name)).length
}

class Solver {
  readonly #values = new Map<string, EventScopeValue[]>()
  readonly #goals: GoalScope
  #tried = 0

  constructor(
    private readonly now: EvaluateScope,
    private readonly event: string,
    private readonly stream: Stream,
    private readonly each: string | undefined,
    private readonly where: Test | undefined,
    private readonly want: RowWant | null,
  ) {
    this.#goals = {
      step: STEP,
      // Of a text property a date is a text like others; both are tried.
      instant: (text) => parseInstant(now.zone, text),
      window: (window) => {
        const found = dateWindow(window as Window, now)
        return found === null
          ? null
          : { from: found.from ?? Number.NEGATIVE_INFINITY, to: found.to ?? Number.POSITIVE_INFINITY }
      },
    }
  }

  solve(): EventStep[] {
    if (this.want !== null) this.#proposeProp(this.want.prop, this.want.goal)
    if (this.where !== undefined) this.#proposeTest(this.where, true)
    const names = [...this.#values.keys()].filter((name) => this.#entry(name) !== undefined)
    const found: EventStep[] = []
    // First proposals of all together, then with fewer properties and other proposals.
    for (const assignment of this.#assignments(names)) {
      if (this.#tried++ > MOST_TRIED || found.length >= MOST_FOUND) break
      const step = this.#step(assignment)
      if (this.#holds(step)) found.push(this.#withoutNeedless(step, assignment))
    }
    return found
  }

  #withoutNeedless(step: EventStep, assignment: Assignment): EventStep {
    let best = step
    const left = new Map(assignment)
    for (const name of assignment.keys()) {
      const fewer = new Map(left)
      fewer.delete(name)
      const candidate = this.#step(fewer)
      if (!this.#holds(candidate)) continue
      left.delete(name)
      best = candidate
    }
    return best
  }

  *#assignments(names: readonly string[]): Iterable<Assignment> {
    const choices = names.map((name): readonly (EventScopeValue | undefined)[] => [
      ...this.#values.get(name)!.slice(0, 8),
      undefined,
    ])
    const sizes = choices.map((choice) => choice.length)
    const total = sizes.reduce((product, size) => Math.min(product * size, 100_000), 1)
    for (let index = 0; index < total; index++) {
      const assignment = new Map<string, EventScopeValue>()
      let rest = index
      for (const [at, name] of names.entries()) {
        const value = choices[at]![rest % sizes[at]!]
        rest = Math.floor(rest / sizes[at]!)
        if (value !== undefined && value !== null) assignment.set(name, value)
      }
      yield assignment
    }
  }

  #entry(name: string) {
    return this.now.catalog.events.get(this.event)?.properties.get(name)
  }

  #step(assignment: Assignment): EventStep {
    const properties: Record<string, EventScopeValue> = {}
    const lines: Record<string, EventScopeValue>[] = this.each === undefined ? [] : [{}]
    const fresh: string[] = []
    for (const [name, value] of assignment) {
      if (typeof value === 'string' && value.startsWith(FRESH)) fresh.push(name)
      const entry = this.#entry(name)!
      if (!entry.item) {
        properties[name] = value
        continue
      }
      const field = name.slice(name.indexOf('.') + 1)
      const values = Array.isArray(value) ? value : [value]
      for (const [line, one] of values.entries()) {
        lines[line] ??= {}
        lines[line][field] = lineValue(one, usableType(entry))
      }
    }
    return { kind: 'event', event: this.event, times: 1, properties, items: lines, fresh, atLeast: {} }
  }

  /** Asks the evaluator: the event alone, in the place of the definition. */
  #holds({ event, properties, items }: EventStep): boolean {
    const { now, stream, each, where, want } = this
    const fact: EventFact = { event, ts: now.asOf - 1, seq: SEQ, properties, items }
    const place = now.reached({ ...now.facts, events: [fact] }, now.subject)
    const rows = place.rows({
      did: stream,
      ...(each === undefined ? {} : { each }),
      ...(where === undefined ? {} : { where }),
    })
    const row = rows?.toSorted(inLogOrder).at(-1)
    if (row === undefined) return false
    if (want === null) return true
    const { value } = place.value({
      did: stream,
      ...(each === undefined ? {} : { each }),
      ...(where === undefined ? {} : { where }),
      get: { last: want.prop },
    })
    return Array.isArray(value) ? value.some((one) => meets(want.goal, one)) : meets(want.goal, value)
  }

  #propose(name: string, values: readonly EventScopeValue[]): void {
    const entry = this.#entry(name)
    if (entry === undefined) return
    const isLineList = entry.item && this.each === undefined
    const own = this.#values.get(name) ?? []
    for (const value of values) {
      const proposed = isLineList && value !== null && !Array.isArray(value) ? [value] : value
      if (!own.some((one) => same(one, proposed))) own.push(proposed as EventScopeValue)
    }
    this.#values.set(name, own)
  }

  #proposeProp(prop: Prop, goal: Goal): void {
    if (typeof prop === 'string') {
      this.#propose(prop, goal.kind === 'list' ? [goal.add] : proposals(goal))
      return
    }
    if ('case' in prop) this.#proposeCase(prop, (code) => meets(goal, code))
  }

  #proposeCase(value: CaseValue, isWanted: (code: string) => boolean): void {
    for (const branch of value.case) this.#proposeTest(branch.when, isWanted(String(branch.value)))
  }

  #proposeTest(test: Test, wanted: boolean): void {
    const group = groupHeadOf(test)
    if (group === 'all' || group === 'any') {
      for (const part of (test as Record<string, Test[]>)[group]!) this.#proposeTest(part, wanted)
      return
    }
    if (group === 'not') {
      this.#proposeTest((test as { not: Test }).not, !wanted)
      return
    }
    const operator = operatorOf(test as Tail)!
    const right = (test as unknown as Record<string, unknown>)[operator]
    this.#proposeValue(test as EventValue, operator, this.#rightSide(right), wanted)
  }

  #proposeValue(value: EventValue, operator: OperatorName, right: unknown, wanted: boolean): void {
    const goals = goalsOf(operator, right, null, wanted, this.#goals)
    if ('prop' in value) {
      const known = goals.some((goal) => goal.kind === 'known' && goal.known)
      this.#propose(value.prop, [
        ...goals.flatMap((goal) => (goal.kind === 'list' ? [goal.add] : proposals(goal))),
        ...(known ? this.#anything(value.prop) : []),
      ])
    } else if ('case' in value) {
      this.#proposeCase(value, (code) => goals.some((goal) => meets(goal, code)))
    } else if ('calc' in value) {
      const numbers = goals.flatMap(proposals)
      for (const term of value.of) {
        if (typeof term === 'object' && 'prop' in term) this.#propose(term.prop, [...numbers, ...NUMBERS])
      }
    }
  }

  #anything(name: string): EventScopeValue[] {
    const entry = this.#entry(name)
    if (entry === undefined) return []
    switch (usableType(entry)) {
      case 'number':
      case 'money':
        return [parseDecimal(1)!]
      case 'text':
        return [FRESH]
      case 'bool':
        return [true]
      case 'date':
        return [this.now.asOf]
      case 'list':
        return [[FRESH]]
    }
  }

  /** Values of the subject on the right side as they are now; another property of the event is left to chance. */
  #rightSide(right: unknown): unknown {
    const read = (side: unknown): unknown => {
      if (typeof side !== 'object' || side === null || Array.isArray(side)) return side
      const head = valueHeadOf(side)
      if (head === null || head === 'prop' || head === 'case') return new Known(parseDecimal(0))
      return new Known(this.now.value(side as never).value)
    }
    return Array.isArray(right) ? right.map(read) : read(right)
  }
}

const NUMBERS = [0, 1, -1, 10, 100, 1000, 10_000].map((one) => parseDecimal(one)!)

/** Values to try for a goal: its ends, and a little inside of them. */
function proposals(goal: Goal): EventScopeValue[] {
  const samples = [...samplesOf(goal)]
  if (goal.kind === 'number') {
    const beyond = [
      goal.from === null ? null : goal.from + 100n * STEP,
      goal.to === null ? null : goal.to - 100n * STEP,
    ]
    samples.push(...beyond.filter((one) => one !== null))
  }
  return samples
}

function lineValue(value: EventScopeValue, type: string): EventScopeValue {
  if (typeof value !== 'string') return value
  return type === 'number' || type === 'money' ? parseDecimal(value) : type === 'text' ? value : null
}

function same(a: EventScopeValue, b: EventScopeValue): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.join('\u0000') === b.join('\u0000'))
}

function collectProps(part: unknown, into: Set<string>): void {
  if (typeof part === 'string') return
  if (Array.isArray(part)) for (const one of part) collectProps(one, into)
  else if (typeof part === 'object' && part !== null) {
    for (const [key, value] of Object.entries(part)) {
      if (key === 'prop' && typeof value === 'string') into.add(value)
      else collectProps(value, into)
    }
  }
}
