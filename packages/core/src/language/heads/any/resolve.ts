import type { Condition, Test } from '../../document.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** Each condition. */
export const anyResolve: ResolveHead<{ any: Condition[] }> = (group, at, scope, resolving) => {
  for (const [index, part] of group.any.entries()) resolving.condition(part, `${at}/any/${index}`, scope)
}

/** Each test. */
export const anyTestResolve: ResolveHead<{ any: Test[] }> = (group, at, scope, resolving) => {
  for (const [index, part] of group.any.entries()) resolving.test(part, `${at}/any/${index}`, scope)
}
