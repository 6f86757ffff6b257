import type { AmongValue } from '../../document.js'
import { EN_KIND, ZH_KIND } from '../../frame/kind-words.js'
import { notYet, say } from '../../frame/message.js'
import { resolveGroupKey } from '../../frame/resolve-cut.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** A number of everybody; groups come later. */
export const amongResolve: ResolveHead<AmongValue> = (value, at, scope, resolving) => {
  if (value.among.length > 0) {
    resolving.report(`${at}/among`, notYet('"among" with groups', '带分组的“among”'))
    for (const [index, key] of value.among.entries()) resolveGroupKey(key, `${at}/among/${index}`, scope, resolving)
  }
  const type = resolving.value(value.of, `${at}/of`, scope)
  if (value.get !== 'count' && type !== null && type.kind !== 'number') {
    resolving.report(
      `${at}/of`,
      say(`a number is needed here, this is ${EN_KIND[type.kind]}`, `此处需要数字，而这是${ZH_KIND[type.kind]}`),
    )
  }
  if (value.only !== undefined) resolving.condition(value.only, `${at}/only`, scope)
}
