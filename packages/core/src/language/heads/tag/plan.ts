import type { PlanValue } from '../../../compile/lower/scope.js'
import type { TagValue } from '../../document.js'

/** The value of another tag: computed in place, or read as it was published. */
export const planTag: PlanValue<TagValue> = ({ tag, ago, at }, scope, path) => {
  if (ago !== undefined || at !== undefined) scope.refuse('a tag as of another moment', path)
  return scope.tag(tag, `${path}/tag`)
}
