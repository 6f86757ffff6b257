import type { EvaluateAssign } from '../../../evaluate/scope.js'
import type { GivenAssign } from '../../document.js'

/** The newest assertion up to the moment. */
export const evaluateGiven: EvaluateAssign<GivenAssign> = (_given, tag, { facts, asOf }) => {
  const newest = (facts.assertions.get(tag.id) ?? [])
    .filter((assertion) => assertion.asOf <= asOf)
    .sort((a, b) => b.asOf - a.asOf || (b.run > a.run ? 1 : -1))[0]
  if (newest === undefined || newest.values.length === 0) return null
  return tag.family === 'multi' ? newest.values : newest.values[0]!
}
