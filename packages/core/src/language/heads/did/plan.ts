import type { PlanValue } from '../../../compile/lower/scope.js'
import type { DidValue } from '../../document.js'
import { type GetName, getNameOf } from './get-name.js'
import { GET_PLANS } from './get-plans.js'

/** What is got from the events of a stream: one aggregate per distinct leaf, all leaves of a pass in one scan. */
export const planDid: PlanValue<DidValue> = (value, scope, path) => {
  const { get = 'count', nth = 1 } = value
  const name: GetName = getNameOf(get)
  const plan = GET_PLANS[name]
  if (plan === null) return scope.refuse(`get: ${name}`, `${path}/get`)
  const rows = scope.rows(value, path)
  if (rows === null) return plan.missing
  const prop = typeof get === 'object' && !('gaps' in get) ? Object.values(get)[0]! : null
  return plan.of(rows, { prop: prop === null ? null : rows.prop(prop, `${path}/get/${name}`), nth })
}
