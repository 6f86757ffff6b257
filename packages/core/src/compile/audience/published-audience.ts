import { emptySet, subtract } from './bitmap-expression.js'
import { StoredSets, type TagAudience, type TagAudienceContext } from './stored-sets.js'

/**
 * Everybody of the population with one of the values (null = any) of what is published under a number. `undecided`: the
 * values of those it says nothing certain about. null when it, or the population, was never published.
 */
export function compilePublishedAudience(
  published: {
    readonly number: number
    readonly values: readonly number[] | null
    readonly undecided: readonly number[]
  },
  context: TagAudienceContext,
): TagAudience | null {
  const sets = StoredSets.of(context)
  const isTrue = sets?.leaf(published.number, published.values) ?? null
  if (sets === null || isTrue === null) return null
  const undecided = (published.undecided.length > 0 && sets.leaf(published.number, published.undecided)) || emptySet
  return sets.audience({ isTrue, isFalse: subtract(sets.population, undecided) })
}
