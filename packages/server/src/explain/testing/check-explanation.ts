import type { Random } from '@tagtree/core/demo/random'
import type { EvaluateContext } from '@tagtree/core/evaluate/evaluate'
import type { SubjectFacts } from '@tagtree/core/evaluate/facts'
import { applySteps, lengthOf, withoutEvents } from '@tagtree/core/explain/change'
import type { Counterfact, Explanation, Step } from '@tagtree/core/explain/explanation'
import { isSameValue } from '@tagtree/core/explain/same-value'
import { Trial } from '@tagtree/core/explain/trial'
import type { Definition } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'

const STEP = 10_000n

/** How often each kind of statement was checked. */
export interface Checked {
  events: number
  groups: number
  attributes: number
  since: number
  changes: number
  ranges: number
  waits: number
}

/** Holds an explanation against the evaluator: the first statement that is not true, null = all are. */
export function falseStatement(
  explanation: Explanation,
  definition: Definition,
  facts: SubjectFacts,
  context: EvaluateContext,
  random: Random,
  checked: Checked,
): string | null {
  const trial = new Trial(definition, facts, context)
  const { asOf } = context
  const now = trial.of(facts, asOf)
  const differs = (other: SubjectFacts): boolean => !isSameValue(trial.of(other, asOf), now)
  if (!isSameValue(explanation.value, now)) return `value ${show(explanation.value)}, evaluator ${show(now)}`

  for (const { seq } of explanation.deciding.events) {
    checked.events += 1
    if (!differs(withoutEvents(facts, new Set([seq])))) return `event ${seq} does not matter`
  }
  for (const { enough } of explanation.deciding.groups) {
    checked.groups += 1
    if (!differs(withoutEvents(facts, new Set(enough)))) return `events ${enough} do not matter together`
    for (const spared of enough) {
      const rest = enough.filter((seq) => seq !== spared)
      if (rest.length > 0 && differs(withoutEvents(facts, new Set(rest))))
        return `event ${spared} of ${enough} is not needed`
    }
  }
  for (const { kind, key } of explanation.deciding.attributes) {
    checked.attributes += 1
    const attributes = new Map(facts.attributes)
    const lists = new Set(facts.lists)
    const identities = new Map(facts.identities)
    if (kind === 'attribute') attributes.delete(key)
    else if (kind === 'list') lists.delete(key)
    else identities.delete(key)
    if (!differs({ ...facts, attributes, lists, identities })) return `${kind} ${key} does not matter`
  }

  const { from, kind } = explanation.since
  if (facts.firstTs < asOf) {
    checked.since += 1
    const moments = Array.from({ length: 12 }, () => from + Math.floor(random.unit() * (asOf - from)))
    const edges = facts.events
      .flatMap(({ ts }) => [ts, ts + 1])
      .filter((ts) => ts >= from && ts <= asOf)
      .slice(0, 12)
    for (const moment of [from, ...moments, ...edges]) {
      if (!isSameValue(trial.of(facts, moment), now)) return `since ${iso(from)}, but at ${iso(moment)} another value`
    }
    if (kind === 'exact' && isSameValue(trial.of(facts, from - 1), now)) return `since ${iso(from)}, but before too`
    if (kind === 'firstSeen' && from !== facts.firstTs + 1) return `first seen ${iso(facts.firstTs)}, not ${iso(from)}`
  }
  for (const fact of explanation.counterfacts) {
    const wrong =
      fact.steps.length === 0 ? falseWait(fact, trial, now, checked) : falseChange(fact, trial, now, random, checked)
    if (wrong !== null) return `${fact.said.en}: ${wrong}`
  }
  return null
}

function falseWait(fact: Counterfact, trial: Trial, now: EventScopeValue, checked: Checked): string | null {
  checked.waits += 1
  const then = trial.of(trial.facts, fact.deadline!)
  if (!isSameValue(then, fact.target)) return `at ${iso(fact.deadline!)} it is ${show(then)}`
  return isSameValue(then, now) ? 'nothing changes' : null
}

function falseChange(
  { steps, target, deadline }: Counterfact,
  trial: Trial,
  now: EventScopeValue,
  random: Random,
  checked: Checked,
): string | null {
  checked.changes += 1
  if (isSameValue(target, now)) return 'nothing changes'
  const valueAt = (at: number, with_: readonly Step[]): EventScopeValue =>
    trial.of(applySteps(trial.facts, with_, at), at + lengthOf(with_) + 1)
  const { asOf } = trial
  const multi = (value: EventScopeValue): boolean => isSameValue(value, target)
  if (!multi(valueAt(asOf, steps))) return `done at once it is ${show(valueAt(asOf, steps))}`
  const room = deadline === null ? 300 * 86_400_000 : deadline - lengthOf(steps) - asOf
  if (room <= 0) return null
  for (let turn = 0; turn < 8; turn++) {
    const at = asOf + Math.floor(random.unit() ** 2 * room)
    if (!meetsLater(valueAt(at, steps), target, trial)) return `done at ${iso(at)} it is ${show(valueAt(at, steps))}`
    const more = withMore(steps, random)
    if (more === null) continue
    checked.ranges += 1
    if (!meetsLater(valueAt(at, more), target, trial))
      return `with ${show2(more)} at ${iso(at)} it is ${show(valueAt(at, more))}`
  }
  return null
}

/** Of a multi family other codes may come and go meanwhile. */
function meetsLater(value: EventScopeValue, target: EventScopeValue, trial: Trial): boolean {
  const { definition } = trial
  if (definition.kind === 'tag' && definition.family === 'multi') return true
  return isSameValue(value, target)
}

function withMore(steps: readonly Step[], random: Random): readonly Step[] | null {
  let found = false
  const more = steps.map((step): Step => {
    if (step.kind !== 'event') return step
    const properties = { ...step.properties }
    for (const [name, upTo] of Object.entries(step.atLeast)) {
      const value = properties[name] as bigint
      const span = upTo === null ? value * BigInt(random.one([1, 3, 50, 5000])) : upTo - value
      properties[name] = value + ((span * BigInt(random.below(1001))) / 1000n / STEP) * STEP
      found = true
    }
    return { ...step, properties }
  })
  return found ? more : null
}

const iso = (ms: number): string => new Date(ms).toISOString()
const show = (value: EventScopeValue): string => (typeof value === 'bigint' ? `${value}n` : JSON.stringify(value))
const show2 = (steps: readonly Step[]): string =>
  JSON.stringify(steps, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
