import type { PlanValue } from '../../../compile/lower/scope.js'
import type { AttrValue } from '../../document.js'

/** A column of the subject's attributes, or what its changes had made of it at another moment. */
export const planAttr: PlanValue<AttrValue> = (value, scope, path) =>
  scope.then(value, (there) => there.attribute(value.attr, `${path}/attr`), path)
