import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { TagValue } from '../../document.js'

/** The value of another tag for the same subject, at the moment asked for. */
export const evaluateTag: EvaluateValue<TagValue> = (value, scope) =>
  scope.then(value)?.tag(value.tag) ?? { value: null }
