import type { AmongValue } from '../../document.js'
import { EN_KIND, ZH_KIND } from '../../frame/kind-words.js'
import { say } from '../../frame/message.js'
import { refuseFitOfRelated } from '../../frame/refuse-fit.js'
import { resolveGroupKey } from '../../frame/resolve-cut.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** Groups, their numbers and who takes part. */
export const amongResolve: ResolveHead<AmongValue> = (value, at, scope, resolving) => {
  refuseFitOfRelated(`${at}/among`, scope, resolving)
  for (const [index, key] of value.among.entries()) resolveGroupKey(key, `${at}/among/${index}`, scope, resolving)
  const type = resolving.value(value.of, `${at}/of`, scope)
  if (value.get !== 'count' && type !== null && type.kind !== 'number') {
    resolving.report(
      `${at}/of`,
      say(`a number is needed here, this is ${EN_KIND[type.kind]}`, `此处需要数字，而这是${ZH_KIND[type.kind]}`),
    )
  }
  if (value.only !== undefined) resolving.condition(value.only, `${at}/only`, scope)
}
