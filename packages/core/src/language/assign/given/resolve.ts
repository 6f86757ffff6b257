import type { GivenAssign } from '../../document.js'
import { say } from '../../frame/message.js'
import type { ResolveWay } from '../../frame/resolve-way.js'

/** By hand, file, query or model; the last two never in real time. */
export const givenResolve: ResolveWay<GivenAssign> = ({ given }, tag, at, _scope, resolving) => {
  if (typeof given !== 'object') return
  const kind = 'sql' in given ? 'sql' : 'model'
  if (tag.refresh === 'realtime') {
    resolving.report(
      `${at}/given`,
      say(`${kind} is computed in runs, not in realtime`, `${kind} 按批计算，不能实时（realtime）`),
    )
  }
}
