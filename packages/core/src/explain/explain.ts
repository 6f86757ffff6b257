import type { EvaluateContext } from '../evaluate/evaluate.js'
import type { SubjectFacts } from '../evaluate/facts.js'
import type { Definition } from '../language/document.js'
import { findCounterfacts } from './counterfacts.js'
import { findDeciding } from './deciding.js'
import type { Explanation } from './explanation.js'
import { explainPath } from './path.js'
import { Words } from './say.js'
import { findSince } from './since-when.js'
import { Trial } from './trial.js'

/**
 * Why a definition has the value it has for one subject: the path through its parts, the events and attributes that
 * decided, since when, and what would change it. Everything told is found by evaluating again on changed facts or at
 * another moment, with the fits as they are now. The definition must be resolved; the facts must hold all it reads.
 * Work is bounded: `unfinished` says where a search ended early.
 */
export function explain(definition: Definition, facts: SubjectFacts, context: EvaluateContext): Explanation {
  const trial = new Trial(definition, facts, context)
  const words = new Words(context.catalog, trial.zone)
  const value = trial.at(trial.asOf)
  const path = explainPath(trial, words)
  const { deciding, isCut } = findDeciding(trial, words)
  const since = findSince(trial)
  const counter = findCounterfacts(trial, words)
  return {
    definition: definition.id,
    asOf: trial.asOf,
    value,
    said: words.ofDefinition(definition, value),
    path,
    deciding,
    since,
    counterfacts: counter.counterfacts,
    usesFits: trial.closure().some((own) => usesFit(own)),
    unfinished: [
      ...(isCut ? (['events'] as const) : []),
      ...(since.kind === 'atLeast' ? (['since'] as const) : []),
      ...(counter.isCut ? (['counterfacts'] as const) : []),
    ],
  }
}

function usesFit(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  if ('among' in part || ('cut' in part && 'at' in part && !Array.isArray(part.at))) return true
  return Object.values(part).some(usesFit)
}
