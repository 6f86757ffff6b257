import type { EventFact, SubjectFacts } from '../evaluate/facts.js'
import type { Instant } from '../kernel/zone.js'
import type { Step } from './explanation.js'

/** Numbers of rows that do not exist: after every real one. */
const FIRST_SEQ = 2n ** 63n
/** Several events of one change follow each other at this distance. */
const APART = 1000

/** How long a change takes from its first event to its last, ms. */
export function lengthOf(steps: readonly Step[]): number {
  const events = steps.reduce((sum, step) => sum + (step.kind === 'event' ? step.times : 0), 0)
  return Math.max(0, events - 1) * APART
}

/**
 * The facts after a change: its events a second after another, the first of them (and all else) at `at`. What came of it
 * is seen from `at + lengthOf(steps) + 1` on.
 */
export function applySteps(facts: SubjectFacts, steps: readonly Step[], at: Instant): SubjectFacts {
  const events: EventFact[] = []
  const attributes = new Map(facts.attributes)
  const lists = new Set(facts.lists)
  let seq = FIRST_SEQ
  for (const step of steps) {
    if (step.kind === 'event') {
      for (let count = 0; count < step.times; count++) {
        const { event, properties, items } = step
        events.push({ event, ts: at + events.length * APART, seq: seq++, properties, items })
      }
    } else if (step.kind === 'attribute') {
      const operation = step.value === null ? 'unset' : 'set'
      const change = { operation, value: step.value, ts: at, seq: seq++ } as const
      attributes.set(step.key, [...(attributes.get(step.key) ?? []), change])
    } else if (step.isOn) lists.add(step.id)
    else lists.delete(step.id)
  }
  return { ...facts, events: events.length === 0 ? facts.events : [...facts.events, ...events], attributes, lists }
}

/** The facts as if these events had not happened. */
export function withoutEvents(facts: SubjectFacts, seqs: ReadonlySet<bigint>): SubjectFacts {
  return { ...facts, events: facts.events.filter((event) => !seqs.has(event.seq)) }
}
