import type { Definition } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { Evaluator, type EvaluatorOptions, type FitNeed, type FitSource } from './evaluator.js'
import type { SubjectFacts } from './facts.js'
import { groupOf } from './group-of.js'
import { solveInMemory } from './solve-fit.js'
import { takeOf } from './take.js'

/** Values of definitions for everybody: definition id -> profile -> value. */
export type WorldValues = ReadonlyMap<string, ReadonlyMap<number, EventScopeValue>>

export interface WorldOptions extends EvaluatorOptions {
  /** Everybody of other kinds than `subjects`, by kind: whom fits of their definitions are learnt from. */
  readonly others?: ReadonlyMap<string, readonly SubjectFacts[]>
}

/**
 * Evaluates definitions for a whole population of one subject kind, learning its cuts and group numbers on the way. Only
 * the living are in the maps. Of a segment with `take` those are members who are taken.
 */
export function evaluateWorld(
  definitions: readonly Definition[],
  subjects: readonly SubjectFacts[],
  options: WorldOptions,
): WorldValues {
  const own = definitions[0]?.subject ?? 'person'
  const fits = new WorldFits((kind) => (kind === own ? subjects : (options.others?.get(kind) ?? [])))
  const all = [...(options.definitions ?? []), ...definitions]
  const evaluator = new Evaluator({ ...options, definitions: all }, fits)
  const living = subjects.filter((facts) => facts.firstTs < options.asOf)
  return new Map(
    definitions.map((definition) => {
      const values = new Map(living.map((facts) => [facts.profile, evaluator.evaluate(definition, facts)]))
      const isTaken = definition.kind === 'segment' && definition.take !== undefined
      return [definition.id, isTaken ? takeOf(definition, living, values, evaluator) : values]
    }),
  )
}

/** Fits of a world, each learnt when it is first needed, at the moment it is needed for. */
class WorldFits implements FitSource {
  readonly #solved = new Map<string, ReadonlyMap<string, readonly bigint[]>>()

  constructor(private readonly everybody: (kind: string) => readonly SubjectFacts[]) {}

  numbers(need: FitNeed, evaluator: Evaluator): readonly bigint[] | null {
    let groups = this.#solved.get(need.key)
    if (groups === undefined) {
      groups = this.#solve(need, evaluator)
      this.#solved.set(need.key, groups)
    }
    const numbers = groups.get(need.group)
    return numbers === undefined || numbers.length === 0 ? null : numbers
  }

  #solve({ ask, definition, inherits }: FitNeed, evaluator: Evaluator): ReadonlyMap<string, readonly bigint[]> {
    const members = new Map<string, bigint[]>()
    for (const facts of this.everybody(definition.subject ?? 'person')) {
      if (!evaluator.isAbout(definition, facts)) continue
      if (inherits && definition.kind === 'tag' && !evaluator.speaksFor(definition, facts)) continue
      const place = evaluator.part(definition, facts, inherits)
      if (ask.only !== undefined && place.condition(ask.only) !== true) continue
      const { value } = place.value(ask.value)
      const group = groupOf(ask.by.map((part) => place.value(part).value))
      if (typeof value !== 'bigint' || group === null) continue
      const held = members.get(group)
      if (held === undefined) members.set(group, [value])
      else held.push(value)
    }
    return new Map([...members].map(([name, values]) => [name, solveInMemory(ask.of, values)]))
  }
}
