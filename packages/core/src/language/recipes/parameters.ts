import type { Value } from '../document.js'
import { EN_KIND, ZH_KIND } from '../frame/kind-words.js'
import { say } from '../frame/message.js'
import type { Resolving } from '../frame/resolving.js'
import type { Scope } from '../frame/scope.js'

/** A parameter that must be a number. */
export function resolveNumber(value: Value, at: string, scope: Scope, resolving: Resolving): void {
  const type = resolving.value(value, at, scope)
  if (type === null || type.kind === 'number') return
  resolving.report(
    at,
    say(`a number is needed here, this is ${EN_KIND[type.kind]}`, `此处需要数字，而这是${ZH_KIND[type.kind]}`),
  )
}
