import type { PerValue } from '../../document.js'
import { notYet, say } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { streamScopeOf } from '../../frame/stream-scope.js'

/** The buckets, their value and the condition on it. */
export const perResolve: ResolveHead<PerValue> = (value, at, scope, resolving) => {
  resolving.report(`${at}/per`, notYet('"per" (buckets of events)', '“per”（分桶统计）'))
  const type = resolving.value(value.of, `${at}/of`, scope)
  if (typeof value.per === 'object' && 'prop' in value.per) {
    resolving.prop(value.per.prop, `${at}/per/prop`, { ...scope, stream: streamScopeOf(value.of.did, value.of.each) })
  }
  if (value.having !== undefined) resolving.tail(value.having, { type, value: value.of, at: `${at}/having` }, scope)
  const needsNumber = ['sum', 'avg', 'min', 'max'].includes(value.get ?? 'count')
  if (needsNumber && type !== null && type.kind !== 'number') {
    resolving.report(`${at}/of`, say(`${value.get} needs a number per bucket`, `${value.get} 需要每桶为数字`))
  }
}
