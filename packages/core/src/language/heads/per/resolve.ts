import type { PerValue } from '../../document.js'
import { say } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import { isCalendarBucket } from './buckets.js'

/** The buckets, their value and the condition on it. */
export const perResolve: ResolveHead<PerValue> = (value, at, scope, resolving) => {
  const type = resolving.value(value.of, `${at}/of`, scope)
  if (typeof value.per === 'object' && 'prop' in value.per) {
    resolving.prop(value.per.prop, `${at}/per/prop`, { ...scope, stream: streamScopeOf(value.of.did, value.of.each) })
  }
  if (value.having !== undefined) resolving.tail(value.having, { type, value: value.of, at: `${at}/having` }, scope)
  const isRun = value.get === 'streak' || value.get === 'currentStreak'
  if (isRun && !isCalendarBucket(value.per)) {
    resolving.report(
      `${at}/get`,
      say(
        'only hours, days, weeks, months, quarters and years follow each other: streak needs one of them',
        '只有小时、日、周、月、季、年前后相接：连续数须用其中之一分桶',
      ),
    )
  }
  const needsNumber = ['sum', 'avg', 'min', 'max'].includes(value.get ?? 'count')
  if (needsNumber && type !== null && type.kind !== 'number') {
    resolving.report(`${at}/of`, say(`${value.get} needs a number per bucket`, `${value.get} 需要每桶为数字`))
  }
}
