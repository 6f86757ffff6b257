import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { AmongValue } from '../../document.js'

/** A number of the subject's group. */
export const evaluateAmong: EvaluateValue<AmongValue> = ({ among, of, get, only, atLeast = 1 }, scope) => {
  const numbers = scope.fit({
    of: { kind: 'number', get, atLeast },
    value: of,
    by: among,
    only,
    identity: { among, of, get, only, atLeast },
  })
  return { value: numbers?.[0] ?? null }
}
