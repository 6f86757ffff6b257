import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { DidValue } from '../../document.js'
import { getFrom } from './get-evaluations.js'

/** What is got from the rows of a stream that pass the test inside the window, in their order. */
export const evaluateDid: EvaluateValue<DidValue> = (value, scope) => {
  const rows = scope.rows(value)
  return rows === null ? { value: null } : getFrom(rows, value, scope)
}
