import { nearest } from '../../../kernel/nearest.js'
import type { ViaValue } from '../../document.js'
import { say, sayNearest } from '../../frame/message.js'
import type { ResolveHead, Resolving } from '../../frame/resolving.js'
import { MOST_NESTED, type Scope } from '../../frame/scope.js'
import { reachedScope } from './type.js'

/** The relation begins at this subject; what is asked is asked of those it reaches. */
export const viaResolve: ResolveHead<ViaValue> = (value, at, scope, resolving) => {
  if (!resolveRelation(value.via, `${at}/via`, scope, resolving)) return
  const relations = (scope.relations ?? 0) + 1
  if (relations > MOST_NESTED) {
    resolving.report(`${at}/via`, say('via goes two levels deep at most', 'via 最多嵌套两层'))
    return
  }
  const reached = { ...reachedScope(scope, value.via), relations }
  if (value.where !== undefined) resolving.condition(value.where, `${at}/where`, reached)
  if (value.of === undefined) return
  const type = resolving.value(value.of, `${at}/of`, reached)
  const needsNumber = ['sum', 'avg', 'min', 'max'].includes(value.get ?? 'count')
  if (needsNumber && type !== null && type.kind !== 'number') {
    resolving.report(`${at}/of`, say(`${value.get} needs a number`, `${value.get} 需要数字`))
  }
}

/** The relation exists and begins at the subject. */
export function resolveRelation(key: string, at: string, scope: Scope, resolving: Resolving): boolean {
  const relation = resolving.catalog.relations.get(key)
  if (!relation) {
    const own = [...resolving.catalog.relations.values()].filter((one) => one.from === scope.subject)
    const near = nearest(
      key,
      own.map((one) => one.key),
    )
    resolving.report(at, sayNearest(`no relation "${key}"`, `没有关系“${key}”`, near))
    return false
  }
  resolving.uses.name('relations', key)
  if (relation.from === scope.subject) return true
  resolving.report(
    at,
    say(
      `relation "${key}" begins at ${relation.from}, this is about ${scope.subject}`,
      `关系“${key}”从 ${relation.from} 出发，此处说的是 ${scope.subject}`,
    ),
  )
  return false
}
