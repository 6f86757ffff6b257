import type { RelationFact } from '../../../evaluate/facts.js'
import type { EvaluateScope } from '../../../evaluate/scope.js'

/** The links of a relation as the catalogue names it: a relation that is read from the other end has no rows of its own. */
export function relationOf(key: string, { catalog, facts }: EvaluateScope): readonly RelationFact[] {
  const inverseOf = catalog.relations.get(key)?.inverseOf ?? null
  const direction = inverseOf === null ? 'from' : 'to'
  return (facts.related?.get(inverseOf ?? key) ?? []).filter((link) => link.direction === direction)
}
