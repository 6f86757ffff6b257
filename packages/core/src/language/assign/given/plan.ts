import type { PlanAssign } from '../../../compile/lower/assign-scope.js'
import type { GivenAssign } from '../../document.js'

/** What staff or a file asserted; SQL and models give their values in runs of their own. */
export const planGiven: PlanAssign<GivenAssign> = ({ given }, tag, scope, path) => {
  if (given !== 'manual' && given !== 'import') return scope.refuse('values given by SQL or a model', `${path}/given`)
  return scope.given(tag)
}
