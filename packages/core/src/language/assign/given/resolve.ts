import type { GivenAssign } from '../../document.js'
import { notYet, say } from '../../frame/message.js'
import type { ResolveWay } from '../../frame/resolve-way.js'

/** By hand or by file; queries and models come later and never in real time. */
export const givenResolve: ResolveWay<GivenAssign> = ({ given }, tag, at, _scope, resolving) => {
  if (typeof given !== 'object') return
  const kind = 'sql' in given ? 'sql' : 'model'
  if (tag.refresh === 'realtime') {
    resolving.report(
      `${at}/given`,
      say(`${kind} is computed in runs, not in realtime`, `${kind} 按批计算，不能实时（realtime）`),
    )
  }
  resolving.report(`${at}/given`, notYet(`given by ${kind}`, `由 ${kind} 给出`))
}
