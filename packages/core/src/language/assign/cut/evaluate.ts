import type { EvaluateAssign } from '../../../evaluate/scope.js'
import type { CutAssign } from '../../document.js'
import { tierOf } from '../../heads/cut/evaluate.js'

/** The name of the tier. */
export const evaluateCutAssign: EvaluateAssign<CutAssign> = ({ cut, at, values, by = [], edge }, _tag, scope) => {
  const tier = tierOf({ cut, at, by, only: undefined, edge, identity: { cut, at, by } }, scope)
  const name = tier === null ? undefined : values[tier - 1]
  return name === undefined ? null : String(name)
}
