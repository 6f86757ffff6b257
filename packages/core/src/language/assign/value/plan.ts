import type { PlanAssign } from '../../../compile/lower/assign-scope.js'
import { textOf } from '../../../compile/lower/compare.js'
import type { Lowered } from '../../../compile/lower/lowered.js'
import { and, call, choose, isTrue, missing, not, number, param } from '../../../compile/plan/expr.js'
import type { ValueAssign } from '../../document.js'

/** The value itself, an empty text or list being none; when the tag is ordered and lists its values, the place of the text among them. */
export const planValueAssign: PlanAssign<ValueAssign> = (assign, tag, scope, path) => {
  const value = scope.value(assign.value, `${path}/value`)
  const listed = (tag.values ?? []).map((one) => String(one.code))
  const text = value.type === 'text' ? textOf(value) : null
  if (tag.ordered !== true || listed.length === 0 || text === null) return filled(value)
  const place = call('indexOf', param('Array(String)', listed), text)
  return {
    type: 'code',
    index: choose([{ when: isTrue(call('isKnown', text)), then: place }], number(0)),
    codes: listed,
  }
}

/** Nobody is tagged with nothing. */
function filled(value: Lowered): Lowered {
  if (value.type === 'text') {
    const isFilled = isTrue(not(call('eq', value.expr, param('String', ''))))
    return { ...value, expr: choose([{ when: isFilled, then: value.expr }], missing('String')) }
  }
  return value.type === 'list' ? { ...value, known: and([value.known, call('notEmpty', value.expr)]) } : value
}
