import { lastPublished } from '../../../evaluate/published.js'
import type { EvaluateCondition, EvaluateScope } from '../../../evaluate/scope.js'
import type { MemberCondition } from '../../document.js'
import { anyOf } from '../../event-scope/event-scope.js'
import { isInSample } from './sample.js'

/**
 * Whether the subject is in a segment or node (which may be unknown), on a list, has a tag of a category, or is drawn by a
 * sample (which never are). Unknown when the moment lies ahead.
 */
export const evaluateMember: EvaluateCondition<MemberCondition> = (condition, scope) => {
  const { member } = condition
  if ('sample' in member) return isInSample(member.sample, scope.facts.profile)
  const there = scope.then(condition)
  if (there === null) return null
  if (there.facts.firstTs >= there.asOf) return false
  if ('segment' in member) return there.segment(member.segment)
  if ('list' in member) return isOnList(member.list, there, condition.ago !== undefined || condition.at !== undefined)
  if ('category' in member) return anyOf(there.tagsOf(member.category).map((tag) => there.tag(tag).value !== null))
  const slash = member.node.indexOf('/')
  return there.node(member.node.slice(0, slash), member.node.slice(slash + 1))
}

/** Lists have a history only where one was kept; now counts what the facts say. */
function isOnList(list: string, { facts, asOf }: EvaluateScope, isThen: boolean): boolean {
  if (!isThen) return facts.lists.has(list)
  const last = lastPublished(`list:${list}`, facts, asOf)
  return last !== undefined && last.op !== 'removed'
}
