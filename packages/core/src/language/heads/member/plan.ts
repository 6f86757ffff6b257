import type { PlanCondition } from '../../../compile/lower/scope.js'
import type { MemberCondition } from '../../document.js'

/** Whether the subject is in a segment or a list. */
export const planMember: PlanCondition<MemberCondition> = ({ member, ago, at }, scope, path) => {
  if (ago !== undefined || at !== undefined) scope.refuse('membership as of another moment', path)
  if ('segment' in member) return scope.segment(member.segment, `${path}/member/segment`)
  if ('list' in member) return scope.list(member.list, `${path}/member/list`)
  return scope.refuse('membership in a node, a category or a sample', `${path}/member`)
}
