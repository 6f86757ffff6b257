import { xxHash64 } from '../kernel/xx-hash64.js'
import type { SegmentDefinition } from '../language/document.js'
import { compareValues } from '../language/event-scope/compare.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import type { Evaluator } from './evaluator.js'
import type { SubjectFacts } from './facts.js'
import { groupOf } from './group-of.js'

/**
 * Who stays in a segment when only some are taken: of those for whom `where` is true, per group the first by `by` (who
 * has none is not taken) or by the hash of seed and profile; ties by profile. A missing or empty group key is no
 * group. Others become false; the unknown stay unknown.
 */
export function takeOf(
  segment: SegmentDefinition,
  living: readonly SubjectFacts[],
  values: ReadonlyMap<number, EventScopeValue>,
  evaluator: Evaluator,
): ReadonlyMap<number, EventScopeValue> {
  const take = segment.take!
  const groups = new Map<string, { profile: number; rank: bigint }[]>()
  for (const facts of living) {
    if (values.get(facts.profile) !== true) continue
    const place = evaluator.part(segment, facts, false)
    const keys = (take.per ?? []).map((key) => place.value(key).value)
    const group = keys.includes('') ? null : groupOf(keys)
    const rank = 'random' in take ? xxHash64(`${take.seed}:${facts.profile}`) : place.value(take.by).value
    if (group === null || typeof rank !== 'bigint') continue
    groups.set(group, [...(groups.get(group) ?? []), { profile: facts.profile, rank }])
  }
  const isFalling = 'top' in take && take.order !== 'asc'
  const taken = new Set<number>()
  for (const members of groups.values()) {
    members.sort((a, b) => compareValues(a.rank, b.rank)! * (isFalling ? -1 : 1) || a.profile - b.profile)
    for (const { profile } of members.slice(0, 'random' in take ? take.random : take.top)) taken.add(profile)
  }
  return new Map([...values].map(([profile, value]) => [profile, value === true ? taken.has(profile) : value]))
}
