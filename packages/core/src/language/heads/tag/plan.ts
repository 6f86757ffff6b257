import type { PlanValue } from '../../../compile/lower/scope.js'
import type { TagValue } from '../../document.js'

/** The value of another tag: computed in place, or read as it was published; of another moment always computed. */
export const planTag: PlanValue<TagValue> = (value, scope, path) =>
  scope.then(value, (there) => there.tag(value.tag, `${path}/tag`), path)
