import type { EvaluateCondition } from '../../../evaluate/scope.js'
import type { MemberCondition } from '../../document.js'

/** Whether the subject is in a segment (which may be unknown) or on a list (which never is). */
export const evaluateMember: EvaluateCondition<MemberCondition> = ({ member }, scope) => {
  if ('segment' in member) return scope.segment(member.segment)
  return 'list' in member ? scope.facts.lists.has(member.list) : null
}
