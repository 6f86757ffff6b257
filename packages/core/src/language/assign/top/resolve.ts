import { nearest } from '../../../kernel/nearest.js'
import type { TopAssign } from '../../document.js'
import { say, sayNearest } from '../../frame/message.js'
import type { ResolveWay } from '../../frame/resolve-way.js'
import type { Scope } from '../../frame/scope.js'
import { resolveEach } from '../../heads/did/resolve.js'

/** Events, property and weights. */
export const topResolve: ResolveWay<TopAssign> = (assign, tag, at, scope, resolving) => {
  const { n = 1 } = assign
  if (n > 1 && tag.family !== 'multi') {
    resolving.report(
      '/family',
      say(`n: ${n} gives several values: add family: multi`, `n: ${n} 会给出多个值：请加 family: multi`),
    )
  }
  const stream = resolving.stream(assign.did, assign.each, `${at}/did`, scope)
  resolveEach(assign.each, stream, at, resolving)
  const rows: Scope = { ...scope, stream }
  resolving.prop(assign.top, `${at}/top`, rows)
  if (assign.where !== undefined) resolving.test(assign.where, `${at}/where`, rows)
  if (assign.within !== undefined) resolving.window(assign.within, `${at}/within`, scope, 'events')
  const { sum, events } = assign.weight ?? {}
  if (sum !== undefined) {
    const type = resolving.prop(sum, `${at}/weight/sum`, rows)
    if (type !== null && type.kind !== 'number') {
      resolving.report(`${at}/weight/sum`, say('weights are numbers', '权重应为数字'))
    }
  }
  const named = stream.kind === 'events' && stream.names !== 'any' ? stream.names : null
  for (const event of Object.keys(events ?? {})) {
    if (named === null || named.includes(event)) continue
    resolving.report(
      `${at}/weight/events/${event}`,
      sayNearest(`"${event}" is not among the events of did`, `“${event}”不在 did 的事件中`, nearest(event, named)),
    )
  }
}
