import type { CutAssign } from '../../document.js'
import { resolveCut } from '../../frame/resolve-cut.js'
import type { ResolveWay } from '../../frame/resolve-way.js'

/** The number and its groups. */
export const cutAssignResolve: ResolveWay<CutAssign> = (assign, _tag, at, scope, resolving) =>
  resolveCut(assign, at, scope, resolving)
