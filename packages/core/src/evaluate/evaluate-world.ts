import type { Definition } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { Evaluator, type EvaluatorOptions, type FitSource, groupOf } from './evaluator.js'
import type { SubjectFacts } from './facts.js'
import { solveInMemory } from './solve-fit.js'

/** Values of definitions for everybody: definition id -> profile -> value. */
export type WorldValues = ReadonlyMap<string, ReadonlyMap<number, EventScopeValue>>

/**
 * Evaluates definitions for a whole population of one subject kind, learning its cuts and group numbers on the way. Only
 * the living are in the maps.
 */
export function evaluateWorld(
  definitions: readonly Definition[],
  subjects: readonly SubjectFacts[],
  options: EvaluatorOptions,
): WorldValues {
  const solved = new Map<string, ReadonlyMap<string, readonly bigint[]>>()
  const living = subjects.filter((facts) => facts.firstTs < options.asOf)
  const source: FitSource = {
    numbers: (key, ask, definition, inherits, group) => {
      let groups = solved.get(key)
      if (groups === undefined) {
        const members = new Map<string, bigint[]>()
        for (const facts of living) {
          if (!evaluator.isAbout(definition, facts)) continue
          if (inherits && definition.kind === 'tag' && !evaluator.speaksFor(definition, facts)) continue
          const place = evaluator.part(definition, facts, inherits)
          if (ask.only !== undefined && place.condition(ask.only) !== true) continue
          const { value } = place.value(ask.value)
          const own = groupOf(ask.by.map((part) => place.value(part).value))
          if (typeof value === 'bigint' && own !== null) members.set(own, [...(members.get(own) ?? []), value])
        }
        groups = new Map([...members].map(([name, values]) => [name, solveInMemory(ask.of, values)]))
        solved.set(key, groups)
      }
      const numbers = groups.get(group)
      return numbers === undefined || numbers.length === 0 ? null : numbers
    },
  }
  const evaluator = new Evaluator({ ...options, definitions: [...(options.definitions ?? []), ...definitions] }, source)
  return new Map(
    definitions.map((definition) => [
      definition.id,
      new Map(living.map((facts) => [facts.profile, evaluator.evaluate(definition, facts)])),
    ]),
  )
}
