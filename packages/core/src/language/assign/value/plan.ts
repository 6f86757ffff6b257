import type { PlanAssign } from '../../../compile/lower/assign-scope.js'
import { textOf } from '../../../compile/lower/compare.js'
import { call, choose, isTrue, number, param } from '../../../compile/plan/expr.js'
import type { ValueAssign } from '../../document.js'

/** The value itself; when the tag is ordered and lists its values, the place of the text among them. */
export const planValueAssign: PlanAssign<ValueAssign> = (assign, tag, scope, path) => {
  const value = scope.value(assign.value, `${path}/value`)
  const listed = (tag.values ?? []).map((one) => String(one.code))
  const text = value.type === 'text' ? textOf(value) : null
  if (tag.ordered !== true || listed.length === 0 || text === null) return value
  const place = call('indexOf', param('Array(String)', listed), text)
  return {
    type: 'code',
    index: choose([{ when: isTrue(call('isKnown', text)), then: place }], number(0)),
    codes: listed,
  }
}
