import type { Condition, Test } from '../../document.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** The condition inside. */
export const notResolve: ResolveHead<{ not: Condition }> = (group, at, scope, resolving) =>
  resolving.condition(group.not, `${at}/not`, scope)

/** The test inside. */
export const notTestResolve: ResolveHead<{ not: Test }> = (group, at, scope, resolving) =>
  resolving.test(group.not, `${at}/not`, scope)
