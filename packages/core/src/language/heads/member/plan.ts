import { knownOf } from '../../../compile/lower/compare.js'
import type { PlanCondition, PlanScope } from '../../../compile/lower/scope.js'
import { call, type Expr, FALSE, or, param, TRUE } from '../../../compile/plan/expr.js'
import type { MemberCondition } from '../../document.js'
import { sampleLimit } from './sample.js'

/** Whether the subject is in a segment, list or node, has a tag of a category, or is drawn by a sample. */
export const planMember: PlanCondition<MemberCondition> = (condition, scope, path) => {
  const { member } = condition
  if ('sample' in member) return inSample(member.sample)
  return scope.thenHolds(condition, (there) => holds(member, there, `${path}/member`), path)
}

function holds(member: Exclude<MemberCondition['member'], { sample: unknown }>, scope: PlanScope, path: string): Expr {
  if ('segment' in member) return scope.segment(member.segment, `${path}/segment`)
  if ('list' in member) return scope.list(member.list, `${path}/list`)
  if ('node' in member) {
    const slash = member.node.indexOf('/')
    return scope.node(member.node.slice(0, slash), member.node.slice(slash + 1), `${path}/node`)
  }
  const tags = scope.catalog.categories?.get(member.category)?.tags ?? []
  return or(tags.map((tag) => knownOf(scope.tag(tag, `${path}/category`))))
}

/** Always the same people for the same seed. */
function inSample({ share, seed }: { share: number; seed: string }): Expr {
  const limit = sampleLimit(share)
  if (limit <= 0n) return FALSE
  return limit >= 1n << 64n ? TRUE : call('inSample', param('String', seed), param('UInt64', String(limit)))
}
