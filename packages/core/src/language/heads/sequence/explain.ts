import type { RowsOf } from '../../../evaluate/scope.js'
import { FRESH } from '../../../explain/goal.js'
import type { ExplainCondition, Plan } from '../../../explain/head.js'
import type { Prop, SequenceCondition, Stream, Test, Window } from '../../document.js'

/** Missing steps may be taken in their order; what waits for an absence comes true by itself. */
export const explainSequence: ExplainCondition<SequenceCondition> = {
  parts: () => [],
  decides: () => true,
  moments: ({ sequence, within, notThen, total }, scope) => {
    for (const [index, step] of sequence.entries()) {
      const before = sequence[index - 1]
      if (before !== undefined && step.gap !== undefined) {
        for (const ts of scope.rows(before.did)) scope.later(ts, [step.gap])
      }
      scope.stream(windowed(step, within))
      if (step.without !== undefined) scope.stream(windowed(step.without, within))
    }
    if (total !== undefined) for (const ts of sequence.flatMap((step) => scope.rows(step.did))) scope.later(ts, [total])
    if (notThen === undefined) return
    scope.stream(windowed(notThen, undefined))
    const { within: span } = notThen
    if (span === undefined) return
    for (const ts of scope.rows(sequence.at(-1)!.did)) {
      scope.later(ts, [span])
      scope.later(ts - 1, [span])
    }
  },
  reach: ({ sequence, notThen }, wanted, scope) => {
    const want = (key: Prop | undefined) =>
      key === undefined ? null : { prop: key, goal: { kind: 'text', samples: [FRESH], fresh: false, not: [] } as const }
    if (!wanted) {
      if (notThen === undefined) return []
      return scope.rows(notThen.did, notThen.each, notThen.where, want(notThen.key)).map((step): Plan => [step])
    }
    const steps = sequence.map((step) => scope.rows(step.did, step.each, step.where, want(step.key)))
    if (steps.some((found) => found.length === 0)) return []
    // The last steps alone, when the first were taken already; the whole way when nothing was.
    return steps.map((_, index): Plan => steps.slice(steps.length - 1 - index).map((found) => found[0]!))
  },
}

function windowed({ did, where }: { did: Stream; where?: Test }, within: Window | undefined): RowsOf {
  return { did, ...(where === undefined ? {} : { where }), ...(within === undefined ? {} : { within }) }
}
