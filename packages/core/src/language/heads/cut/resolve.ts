import type { CutValue } from '../../document.js'
import { resolveCut } from '../../frame/resolve-cut.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** The number, its groups and who takes part. */
export const cutResolve: ResolveHead<CutValue> = (value, at, scope, resolving) => {
  resolveCut(value, at, scope, resolving)
  if (value.only !== undefined) resolving.condition(value.only, `${at}/only`, scope)
}
