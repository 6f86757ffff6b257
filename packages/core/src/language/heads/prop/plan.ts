import { MISSING } from '../../../compile/lower/lowered.js'
import type { PlanValue } from '../../../compile/lower/scope.js'

/** A property of the row that is tested. */
export const planProp: PlanValue<{ prop: string }> = ({ prop }, scope, path) =>
  scope.row === null ? MISSING : scope.row.prop(prop, `${path}/prop`)
