import { nearest } from '../../../kernel/nearest.js'
import type { ViaValue } from '../../document.js'
import { notYet, say, sayNearest } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { MOST_NESTED } from '../../frame/scope.js'
import { reachedScope } from './type.js'

/** The relation begins at this subject; what is asked is asked of those it reaches. */
export const viaResolve: ResolveHead<ViaValue> = (value, at, scope, resolving) => {
  const relation = resolving.catalog.relations.get(value.via)
  if (!relation) {
    const own = [...resolving.catalog.relations.values()].filter((one) => one.from === scope.subject)
    const near = nearest(
      value.via,
      own.map((one) => one.key),
    )
    resolving.report(`${at}/via`, sayNearest(`no relation "${value.via}"`, `没有关系“${value.via}”`, near))
    return
  }
  resolving.uses.name('relations', value.via)
  if (relation.from !== scope.subject) {
    resolving.report(
      `${at}/via`,
      say(
        `relation "${value.via}" begins at ${relation.from}, this is about ${scope.subject}`,
        `关系“${value.via}”从 ${relation.from} 出发，此处说的是 ${scope.subject}`,
      ),
    )
    return
  }
  resolving.report(`${at}/via`, notYet('"via" (related subjects)', '“via”（关联主体）'))
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
