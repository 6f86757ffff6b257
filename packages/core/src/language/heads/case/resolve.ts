import type { CaseValue } from '../../document.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** The test of each branch. */
export const caseResolve: ResolveHead<CaseValue> = (value, at, scope, resolving) => {
  for (const [index, branch] of value.case.entries()) {
    resolving.test(branch.when, `${at}/case/${index}/when`, scope)
  }
}
