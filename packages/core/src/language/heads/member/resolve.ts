import { nearest } from '../../../kernel/nearest.js'
import type { MemberCondition } from '../../document.js'
import { otherSubject, resolveDefinitionReference } from '../../frame/definition-reference.js'
import { notYet, sayNearest } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { refuseThen } from '../../frame/then.js'

/** The segment or list exists and is about the same subject; nodes, categories and samples come later. */
export const memberResolve: ResolveHead<MemberCondition> = (condition, at, scope, resolving) => {
  const { member } = condition
  const place = `${at}/member`
  if ('segment' in member) {
    resolveDefinitionReference('segment', member.segment, `${place}/segment`, scope, resolving)
  } else if ('list' in member) {
    const list = resolving.catalog.lists.get(member.list)
    resolving.uses.name('lists', member.list)
    if (!list) {
      const near = nearest(member.list, resolving.catalog.lists.keys())
      resolving.report(`${place}/list`, sayNearest(`no list "${member.list}"`, `没有名单“${member.list}”`, near))
    } else if (list.subject !== scope.subject) {
      resolving.report(
        `${place}/list`,
        otherSubject(`list "${list.id}"`, `名单“${list.id}”`, list.subject, scope.subject),
      )
    }
  } else {
    const kind = Object.keys(member)[0] as string
    resolving.report(`${place}/${kind}`, notYet(`member of a ${kind}`, `“${kind}”成员`))
  }
  refuseThen(condition, at, resolving)
}
