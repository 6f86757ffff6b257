import { inside } from '../../../compile/lower/inside.js'
import type { Lowered } from '../../../compile/lower/lowered.js'
import type { PlanValue, RowsPlan } from '../../../compile/lower/scope.js'
import type { DidValue } from '../../document.js'
import { type GetName, getNameOf } from './get-name.js'
import { GET_PLANS } from './get-plans.js'

/** What is got from the events of a stream: one aggregate per distinct leaf, all leaves of a pass in one scan. */
export const planDid: PlanValue<DidValue> = (value, scope, path) => {
  const rows = scope.rows(value, path)
  return rows === null ? missingGet(value) : inside(rows.inside, planGet(value, rows, path))
}

/** What `get` makes of some rows: all of a stream, or those of one bucket. */
export function planGet({ get = 'count', nth = 1 }: DidValue, rows: RowsPlan, path: string): Lowered {
  const name: GetName = getNameOf(get)
  const gaps = typeof get === 'object' && 'gaps' in get ? get.gaps : null
  const prop = typeof get === 'object' && gaps === null ? (Object.values(get)[0] as string) : null
  return GET_PLANS[name].of(rows, { prop: prop === null ? null : rows.prop(prop, `${path}/get/${name}`), nth, gaps })
}

/** The value when the window is missing for everybody. */
export function missingGet({ get = 'count' }: DidValue): Lowered {
  return GET_PLANS[getNameOf(get)].missing
}
