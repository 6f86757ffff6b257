import type { PlanValue } from '../../../compile/lower/scope.js'
import type { AttrValue } from '../../document.js'

/** A column of the subject's attributes. */
export const planAttr: PlanValue<AttrValue> = ({ attr, ago, at }, scope, path) => {
  if (ago !== undefined || at !== undefined) scope.refuse('an attribute as of another moment', path)
  return scope.attribute(attr, `${path}/attr`)
}
