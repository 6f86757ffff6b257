import { say } from './message.js'
import type { Resolving } from './resolving.js'
import type { Scope } from './scope.js'

/** What is learnt from a population is learnt by a definition of its own, when the population is that of related ones. */
export function refuseFitOfRelated(at: string, scope: Scope, resolving: Resolving): void {
  if ((scope.relations ?? 0) === 0) return
  resolving.report(
    at,
    say(
      `this is learnt from every ${scope.subject}: make it a tag or metric of ${scope.subject} and name that here`,
      `此处需由全体${scope.subject}学得：请另建一个${scope.subject}的标签或指标，再在此引用`,
    ),
  )
}
