import type { SinceValue, Value } from '../../document.js'
import { EN_KIND, ZH_KIND } from '../../frame/kind-words.js'
import { say } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** Both ends are dates. */
export const sinceResolve: ResolveHead<SinceValue> = ({ since, until }, at, scope, resolving) => {
  const checkDate = (value: Value, place: string) => {
    const type = resolving.value(value, place, scope)
    if (type === null || type.kind === 'date') return
    resolving.report(
      place,
      say(`since counts from a date, this is ${EN_KIND[type.kind]}`, `since 从日期起算，此处是${ZH_KIND[type.kind]}`),
    )
  }
  checkDate(since, `${at}/since`)
  if (until !== undefined) checkDate(until, `${at}/until`)
}
