import { nearest } from '../../../kernel/nearest.js'
import type { RulesAssign } from '../../document.js'
import { sayNearest } from '../../frame/message.js'
import type { ResolveWay } from '../../frame/resolve-way.js'

/** Each rule's condition; when values are listed, rules give only those. */
export const rulesResolve: ResolveWay<RulesAssign> = ({ rules, otherwise }, tag, at, scope, resolving) => {
  const listed = tag.values && tag.values.length > 0 ? tag.values.map((value) => value.code) : null
  const checkCode = (code: string, place: string) => {
    if (listed === null || listed.includes(code)) return
    resolving.report(
      place,
      sayNearest(`"${code}" is not among values`, `“${code}”不在 values 中`, nearest(code, listed)),
    )
  }
  for (const [index, rule] of rules.entries()) {
    checkCode(rule.value, `${at}/rules/${index}/value`)
    resolving.condition(rule.when, `${at}/rules/${index}/when`, scope)
  }
  if (otherwise !== undefined) checkCode(otherwise, `${at}/otherwise`)
}
