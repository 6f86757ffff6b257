import type { EvaluateAssign } from '../../../evaluate/scope.js'
import type { ValueAssign } from '../../document.js'

/** The value itself, an empty text or list being none; an ordered tag that lists its values knows no others. */
export const evaluateValueAssign: EvaluateAssign<ValueAssign> = (assign, tag, scope) => {
  const { value } = scope.value(assign.value)
  if (value === '' || (Array.isArray(value) && value.length === 0)) return null
  const listed = (tag.values ?? []).map((one) => String(one.code))
  const isRanked = tag.ordered === true && listed.length > 0 && typeof value === 'string'
  return isRanked && !listed.includes(value) ? null : value
}
