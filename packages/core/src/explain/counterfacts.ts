import type { SubjectFacts } from '../evaluate/facts.js'
import { parseDecimal } from '../kernel/decimal.js'
import { addSpan, type Instant, localTimeOf, startOfLocalDay } from '../kernel/zone.js'
import type { TreeNode } from '../language/document.js'
import { isList } from '../language/event-scope/compare.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { codesOfTag, findType, typeOfTag } from '../language/type-of.js'
import { applySteps, lengthOf } from './change.js'
import type { Counterfact, Step } from './explanation.js'
import { STEP } from './goal.js'
import type { EventStep, Plan } from './head.js'
import { type Moments, momentsOf } from './moments.js'
import { plansFor, sizeOf } from './reach.js'
import { isSameValue } from './same-value.js'
import type { Words } from './say.js'
import type { Trial } from './trial.js'

const WORK_CHANGES = 200_000
const WORK_WAITING = 100_000
const MOST_TARGETS = 8
const MOST_PER_TARGET = 2
/** Amounts that are not enough are tried so many times as large. */
const ENLARGED = [2n, 4n, 20n]
/** At moments after the first so many amounts are tried again. */
const MOST_PROBES_LATER = 6
/** How far ahead the search looks. */
const AHEAD = { count: 2, unit: 'y' } as const

/** Another value the definition might have. */
interface Target {
  /** A whole value, or with a multi family a code that comes or goes. */
  readonly code: EventScopeValue
  readonly gives: boolean
  holds(value: EventScopeValue): boolean
}

/**
 * The smallest changes that give other values: things that could happen now, and waiting. Every one was tried by the
 * evaluator, at the moment, at each later moment until its deadline where the outcome could be another, and for amounts
 * that may be more, beside every number the definition speaks of.
 */
export function findCounterfacts(trial: Trial, words: Words): { counterfacts: Counterfact[]; isCut: boolean } {
  const search = new Search(trial, words)
  if (!trial.isAbout(trial.definition)) return { counterfacts: [], isCut: false }
  const waiting = search.waiting()
  const changes = search.targets().flatMap((target) => search.changes(target))
  return { counterfacts: [...changes, ...waiting], isCut: search.isCut }
}

class Search {
  isCut = false
  readonly #moments: readonly Instant[]
  readonly #isComplete: boolean
  readonly #ticks: 'day' | 'hour' | null
  #probes: readonly bigint[] | null = null
  readonly #until: number

  constructor(
    private readonly trial: Trial,
    private readonly words: Words,
  ) {
    const { moments, complete } = this.#momentsOf(trial.facts)
    this.#moments = moments
    this.#isComplete = complete
    this.#ticks = finestClock(trial.closure())
    this.#until = trial.work + WORK_CHANGES + WORK_WAITING
  }

  /** `ticks`: the clock matters for rows that are yet to come. */
  #momentsOf(facts: SubjectFacts, ticks: 'day' | 'hour' | null = null): Moments {
    const { definition, context, zone, asOf } = this.trial
    const ahead = { from: asOf, to: addSpan(zone, asOf, AHEAD) }
    const { definitionOf, numberOf, read } = this.trial
    const at = { catalog: context.catalog, zone, definition: definitionOf, numberOf, read, ...ahead }
    return momentsOf(definition, facts, ticks === null ? at : { ...at, ticks })
  }

  /** Values time alone brings, each with the first moment it does. */
  waiting(): Counterfact[] {
    const { trial } = this
    const now = trial.at(trial.asOf)
    const until = trial.work + WORK_WAITING
    const found: Counterfact[] = []
    const most = this.targets().length === 0 ? 1 : 3
    for (const moment of this.#moments) {
      if (found.length >= most) break
      if (trial.work > until) {
        this.isCut = true
        break
      }
      const value = trial.at(moment)
      if (isSameValue(value, now) || found.some((one) => isSameValue(one.target, value))) continue
      const deadline = this.#roundUp(moment, value)
      found.push(this.#counterfact(value, [], deadline, deadline))
    }
    return found
  }

  /** The next day or minute, when the value is still the same then. */
  #roundUp(moment: Instant, value: EventScopeValue): Instant {
    const { zone } = this.trial
    const { dayNumber } = localTimeOf(zone, moment)
    if (startOfLocalDay(zone, dayNumber) === moment) return moment
    const nextDay = startOfLocalDay(zone, dayNumber + 1)
    const nextMinute = Math.ceil(moment / 60_000) * 60_000
    return [nextDay, nextMinute].find((one) => isSameValue(this.trial.at(one), value)) ?? moment
  }

  /** What could happen now so that the value becomes the target. */
  changes(target: Target): Counterfact[] {
    const { trial } = this
    const found: { steps: readonly Step[]; value: EventScopeValue }[] = []
    const plans = plansFor(trial.definition, target.code, target.gives, trial)
    for (const proposed of plans) {
      if (found.length >= MOST_PER_TARGET) break
      if (trial.work > this.#until) {
        this.isCut = true
        break
      }
      if (found.some((one) => shapeOf(one.steps) === shapeOf(proposed))) continue
      const plan = this.#works(proposed, target) ? proposed : this.#enlarged(proposed, target)
      if (plan === null) continue
      // Time alone may do it in that moment.
      if (target.holds(trial.at(trial.asOf + lengthOf(plan) + 1))) continue
      const steps = this.#smaller(plan, target)
      if (found.some((one) => shapeOf(one.steps) === shapeOf(steps))) continue
      found.push({ steps, value: this.#valueAfter(steps, trial.asOf, target)! })
    }
    return found
      .toSorted((a, b) => sizeOf(a.steps) - sizeOf(b.steps))
      .map(({ steps, value }) => {
        const deadline = this.#deadline(steps, target)
        const withRanges = deadline.steps
        return this.#counterfact(value, withRanges, deadline.moment, this.#roundDown(deadline.moment))
      })
  }

  /** A change may hinder itself (one more order lowers the average): a larger amount, the smallest that suffices. */
  #enlarged(plan: Plan, target: Target): Plan | null {
    const index = plan.findIndex((step) => step.kind === 'event' && Object.values(step.properties).some(isPositive))
    const step = plan[index]
    if (step?.kind !== 'event') return null
    const [name, value] = Object.entries(step.properties).find(([, one]) => isPositive(one)) as [string, bigint]
    let fails = value
    for (const factor of ENLARGED) {
      const amount = value * factor
      if (!this.#works(withProperty(plan, index, name, amount), target)) {
        fails = amount
        continue
      }
      const works = (one: bigint): boolean => this.#works(withProperty(plan, index, name, one * STEP), target)
      let [low, high] = [fails / STEP, amount / STEP]
      while (high - low > 1n) {
        const middle = (low + high) / 2n
        if (works(middle)) high = middle
        else low = middle
      }
      return withProperty(plan, index, name, high * STEP) as Plan
    }
    return null
  }

  /** The value after the steps, when it is what the target asks for. */
  #valueAfter(steps: readonly Step[], at: Instant, target: Target): EventScopeValue | undefined {
    const { trial } = this
    const value = trial.of(applySteps(trial.facts, steps, at), at + lengthOf(steps) + 1)
    return target.holds(value) ? value : undefined
  }

  #works(steps: readonly Step[], target: Target, at = this.trial.asOf): boolean {
    return this.#valueAfter(steps, at, target) !== undefined
  }

  /** Leaves out steps, repetitions and properties that are not needed. */
  #smaller(plan: Plan, target: Target): readonly Step[] {
    let steps: readonly Step[] = plan
    for (let index = steps.length - 1; index >= 0 && steps.length > 1; index--) {
      const fewer = steps.filter((_, at) => at !== index)
      if (this.#works(fewer, target)) steps = fewer
    }
    for (let index = 0; index < steps.length; index++) {
      const replaced = (step: Step): readonly Step[] => steps.map((one, at) => (at === index ? step : one))
      const step = steps[index]!
      if (step.kind !== 'event') continue
      let [low, high] = [1, step.times]
      while (low < high) {
        const middle = (low + high) >> 1
        if (this.#works(replaced({ ...step, times: middle }), target)) high = middle
        else low = middle + 1
      }
      let best =
        high < step.times && this.#works(replaced({ ...step, times: high }), target) ? { ...step, times: high } : step
      for (const name of Object.keys(best.properties)) {
        const { [name]: _, ...properties } = best.properties
        const fewer = { ...best, properties, fresh: best.fresh.filter((one) => one !== name) }
        if (this.#works(replaced(fewer), target)) best = fewer
        else best = this.#inCents(best, name, (one) => this.#works(replaced(one), target))
      }
      steps = replaced(best)
    }
    return steps
  }

  /** An amount of money that has hundredths only, where the next one does as well. */
  #inCents(step: EventStep, name: string, works: (step: EventStep) => boolean): EventStep {
    const value = step.properties[name]
    const cents = this.#centsOf(step.event, name)
    if (typeof value !== 'bigint' || value % cents === 0n || value < 0n) return step
    const rounded = { ...step, properties: { ...step.properties, [name]: value - (value % cents) + cents } }
    return works(rounded) ? rounded : step
  }

  /** Until when the steps work, and which amounts may be more at all those moments. */
  #deadline(plan: readonly Step[], target: Target): { moment: Instant | null; steps: readonly Step[] } {
    const { trial } = this
    let steps = this.#withRanges(plan, target, trial.asOf)
    const length = lengthOf(steps)
    // Dates that the steps bring have moments of their own, and so has the clock of events that are yet to come.
    const ticks = steps.some((step) => step.kind === 'event') ? this.#ticks : null
    const own = ticks !== null || bringDates(steps)
    const facts = own ? applySteps(trial.facts, steps, trial.asOf) : trial.facts
    const { moments, complete } = own
      ? this.#momentsOf(facts, ticks)
      : { moments: this.#moments, complete: this.#isComplete }
    // An event of the millisecond before is seen first at the moment, when other things have changed; one at the moment
    // itself stands otherwise to other events, and all events may come after it.
    const starts = new Set(moments.flatMap((moment) => [moment - length - 1, moment - length, moment]))
    for (const at of [...starts].sort((a, b) => a - b)) {
      if (at < trial.asOf) continue
      if (trial.work > this.#until) {
        this.isCut = true
        return { moment: at, steps }
      }
      if (!this.#works(steps, target, at)) return { moment: at, steps }
      if (!this.#rangesWork(steps, target, at)) steps = withoutRanges(steps)
    }
    return { moment: complete ? null : (moments.at(-1) ?? null), steps }
  }

  /** Amounts of which more would do as well. */
  #withRanges(plan: readonly Step[], target: Target, at: Instant): readonly Step[] {
    let steps = plan
    for (const [index, step] of plan.entries()) {
      if (step.kind !== 'event') continue
      for (const [name, value] of Object.entries(step.properties)) {
        if (typeof value !== 'bigint' || value <= 0n) continue
        const given = (amount: bigint): boolean => this.#works(withProperty(steps, index, name, amount), target, at)
        const cents = this.#centsOf(step.event, name)
        const above = this.#amounts().filter((one) => one > value)
        const beyond = [value * 2n, value * 10n, value * 1000n + STEP]
        const failing = [...above, ...beyond].filter((amount) => !given(amount)).sort(ascending)[0]
        if (failing === undefined) steps = withRange(steps, index, name, null)
        else {
          const exact = lastThat(value, failing, given)
          const upTo = exact - (exact % cents)
          const inside = above.filter((one) => one > value && one < upTo)
          if (upTo > value && inside.every(given)) steps = withRange(steps, index, name, upTo)
        }
      }
    }
    return steps
  }

  /** Money is paid in hundredths, other numbers have all the decimals that are stored. */
  #centsOf(event: string, name: string): bigint {
    const { type } = this.trial.context.catalog.events.get(event)?.properties.get(name) ?? {}
    return type === 'money' ? 100n * STEP : STEP
  }

  #rangesWork(steps: readonly Step[], target: Target, at: Instant): boolean {
    return steps.every((step, index) => {
      if (step.kind !== 'event') return true
      return Object.entries(step.atLeast).every(([name, upTo]) => {
        const value = step.properties[name] as bigint
        const tried = upTo === null ? [value * 2n, value * 1000n + STEP] : [upTo]
        const inside = this.#amounts().filter((one) => one > value && (upTo === null || one < upTo))
        const few = inside.filter((_, at) => at % Math.ceil(inside.length / MOST_PROBES_LATER) === 0)
        return [...tried, ...few].every((amount) => this.#works(withProperty(steps, index, name, amount), target, at))
      })
    })
  }

  /** Amounts at which an outcome may change: numbers of the documents and cuts, and how far present numbers are from them. */
  #amounts(): readonly bigint[] {
    if (this.#probes !== null) return this.#probes
    const { trial } = this
    const numbers = new Set<bigint>()
    const present = new Set<bigint>([0n])
    for (const own of trial.closure()) {
      const { recipe: _, ...body } = own
      numbersIn(body, numbers)
      const place = trial.place(own)
      for (const value of sumsIn(body)) {
        const found = place.value(value as never).value
        if (typeof found === 'bigint') present.add(found)
      }
    }
    const ids = new Set(trial.closure().map((own) => own.id))
    for (const [name, fit] of trial.context.fits) {
      if (!ids.has(name.slice(0, name.indexOf('#')))) continue
      for (const group of fit.groups.slice(0, 3)) for (const value of group.values) numbers.add(BigInt(value))
    }
    const found = new Set<bigint>()
    for (const number of [...numbers].slice(0, 24)) {
      for (const one of [...present].slice(0, 6)) {
        for (const by of [-STEP, 0n, STEP]) if (number - one + by > 0n) found.add(number - one + by)
      }
    }
    this.#probes = [...found].sort(ascending)
    return this.#probes
  }

  /** The start of the day of a deadline says no more than is true; on the day itself the time is needed. */
  #roundDown(moment: Instant | null): Instant | null {
    if (moment === null) return null
    const { zone, asOf } = this.trial
    const start = startOfLocalDay(zone, localTimeOf(zone, moment).dayNumber)
    if (start > asOf) return start
    const minute = Math.floor(moment / 60_000) * 60_000
    return minute > asOf ? minute : moment
  }

  #counterfact(
    target: EventScopeValue,
    steps: readonly Step[],
    deadline: Instant | null,
    said: Instant | null,
  ): Counterfact {
    const { definition } = this.trial
    const fact = { target, targetSaid: this.words.ofDefinition(definition, target), steps, deadline }
    return { ...fact, said: this.words.counterfact(fact, said, definition) }
  }

  /** Other values, those next to the present one first. */
  targets(): readonly Target[] {
    const { definition, context, asOf } = this.trial
    const now = this.trial.at(asOf)
    const whole = (code: EventScopeValue): Target => ({ code, gives: true, holds: (value) => isSameValue(value, code) })
    if (definition.kind === 'segment') return now === null ? [whole(true), whole(false)] : [whole(!now)]
    if (definition.kind === 'tree') {
      return leavesOf(definition.root)
        .filter((code) => code !== now)
        .slice(0, MOST_TARGETS)
        .map(whole)
    }
    if (definition.kind !== 'tag') return []
    const scope = { catalog: context.catalog, subject: definition.subject ?? 'person', stream: null }
    const codes = codesOfTag(definition, scope)
    if (codes === null) {
      const type = 'value' in definition.assign ? findType(definition.assign.value, scope) : null
      return type?.kind === 'bool' ? [true, false].filter((one) => one !== now).map(whole) : []
    }
    if (definition.family === 'multi') {
      const held = isList(now) ? now.map(String) : []
      return [...new Set(codes)].slice(0, MOST_TARGETS).map((code): Target => {
        const gives = !held.includes(code)
        return { code, gives, holds: (value) => (isList(value) && value.map(String).includes(code)) === gives }
      })
    }
    const others = inOrder(codes, now, typeOfTag(definition, scope)?.kind === 'ordered')
    return [...others.map(whole), ...(now === null ? [] : [whole(null)])].slice(0, MOST_TARGETS)
  }
}

/** The next rank up, then the next down, then those farther away; without an order as listed. */
function inOrder(codes: readonly string[], now: EventScopeValue, isOrdered: boolean): string[] {
  const distinct = [...new Set(codes)]
  const rank = distinct.indexOf(String(now))
  const others = distinct.filter((code) => code !== now)
  if (!isOrdered || rank < 0) return others
  const distance = (code: string): number => {
    const by = distinct.indexOf(code) - rank
    return by > 0 ? by * 2 - 1 : -by * 2
  }
  return others.sort((a, b) => distance(a) - distance(b))
}

function leavesOf(node: TreeNode, path: readonly string[] = []): string[] {
  if (node.split === undefined) return path.length === 0 ? [] : [path.join('/')]
  return node.split.flatMap((child) => leavesOf(child, [...path, child.id]))
}

function withProperty(steps: readonly Step[], index: number, name: string, value: bigint): readonly Step[] {
  return steps.map((step, at) =>
    at === index && step.kind === 'event' ? { ...step, properties: { ...step.properties, [name]: value } } : step,
  )
}

function withRange(steps: readonly Step[], index: number, name: string, upTo: bigint | null): readonly Step[] {
  return steps.map((step, at) =>
    at === index && step.kind === 'event' ? { ...step, atLeast: { ...step.atLeast, [name]: upTo } } : step,
  )
}

function withoutRanges(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => (step.kind === 'event' ? { ...step, atLeast: {} } : step))
}

/** The largest amount of stored precision below a failing one that still works, if they fail from one point on. */
function lastThat(works: bigint, fails: bigint, given: (amount: bigint) => boolean): bigint {
  let [low, high] = [works / STEP, fails / STEP]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (given(middle * STEP)) low = middle
    else high = middle
  }
  return low * STEP
}

function numbersIn(part: unknown, into: Set<bigint>): void {
  if (typeof part === 'number') {
    const number = parseDecimal(part)
    if (number !== null) into.add(number)
  } else if (typeof part === 'object' && part !== null) for (const one of Object.values(part)) numbersIn(one, into)
}

function sumsIn(part: unknown): object[] {
  if (typeof part !== 'object' || part === null) return []
  const own = 'did' in part && 'get' in part && typeof part.get === 'object' ? [part] : []
  return [...own, ...Object.values(part).flatMap(sumsIn)]
}

/** How fine the local clock of rows is looked at; null = not at all. */
function finestClock(part: unknown): 'day' | 'hour' | null {
  if (typeof part !== 'object' || part === null) return null
  const own = {
    hour: ('clock' in part && part.clock === 'hour') || ('per' in part && part.per === 'hour'),
    day: 'clock' in part || 'per' in part || ('get' in part && part.get === 'days'),
  }
  const all = [own.hour ? 'hour' : own.day ? 'day' : null, ...Object.values(part).map(finestClock)]
  return all.includes('hour') ? 'hour' : all.includes('day') ? 'day' : null
}

function bringDates(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (step.kind === 'attribute') return step.value?.type === 'date'
    if (step.kind === 'list') return false
    return [step.properties, ...step.items].some((values) =>
      Object.values(values).some((one) => typeof one === 'number'),
    )
  })
}

function isPositive(value: EventScopeValue): boolean {
  return typeof value === 'bigint' && value > 0n
}

/** Of changes that differ only in amounts or values one is enough. */
function shapeOf(steps: readonly Step[]): string {
  const shapes = steps.map((step) => {
    if (step.kind === 'attribute') return `attribute ${step.key}`
    if (step.kind === 'list') return `list ${step.id}`
    return `event ${step.event} ${Object.keys(step.properties).sort().join()}`
  })
  return shapes.sort().join('; ')
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
