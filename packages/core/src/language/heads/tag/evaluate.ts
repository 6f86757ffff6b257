import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { TagValue } from '../../document.js'

/** The value of another tag for the same subject. */
export const evaluateTag: EvaluateValue<TagValue> = ({ tag }, scope) => scope.tag(tag)
