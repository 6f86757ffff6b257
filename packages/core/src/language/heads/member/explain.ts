import type { ExplainCondition } from '../../../explain/head.js'
import type { MemberCondition } from '../../document.js'

/** A segment is looked into; a list may be joined and left; a sample never changes. */
export const explainMember: ExplainCondition<MemberCondition> = {
  parts: ({ member, ago, at }) =>
    'segment' in member && ago === undefined && at === undefined
      ? [{ at: '/member/segment', definition: member.segment }]
      : [],
  decides: () => true,
  moments: (condition, scope) => {
    const { member } = condition
    scope.then(condition, (there) => {
      if ('segment' in member) there.definition(member.segment, null)
      else if ('list' in member) {
        for (const row of there.facts.published?.get(`list:${member.list}`) ?? []) there.add(row.ts + 1)
      } else if (!('sample' in member)) there.uncertain()
    })
  },
  reach: ({ member, ago, at }, wanted, scope) => {
    if (ago !== undefined || at !== undefined) return []
    if ('segment' in member) return scope.definition(member.segment, { kind: 'bool', value: wanted })
    return 'list' in member ? [[{ kind: 'list', id: member.list, isOn: wanted }]] : []
  },
}
