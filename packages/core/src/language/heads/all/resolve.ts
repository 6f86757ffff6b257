import type { Condition, Test } from '../../document.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** Each condition. */
export const allResolve: ResolveHead<{ all: Condition[] }> = (group, at, scope, resolving) => {
  for (const [index, part] of group.all.entries()) resolving.condition(part, `${at}/all/${index}`, scope)
}

/** Each test. */
export const allTestResolve: ResolveHead<{ all: Test[] }> = (group, at, scope, resolving) => {
  for (const [index, part] of group.all.entries()) resolving.test(part, `${at}/all/${index}`, scope)
}
