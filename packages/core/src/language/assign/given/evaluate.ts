import { foldAttribute } from '../../../catalog/attribute-fold.js'
import { spanOf } from '../../../compile/window-bounds.js'
import { inLogOrder } from '../../../evaluate/change-rows.js'
import type { EvaluateAssign, EvaluateScope } from '../../../evaluate/scope.js'
import { addSpan } from '../../../kernel/zone.js'
import type { GivenAssign, TagDefinition } from '../../document.js'
import { compareUtf8 } from '../../event-scope/compare.js'
import type { EventScopeValue } from '../../event-scope/event-scope.js'
import { givenAttribute } from './attribute.js'

/**
 * What was given last and has not expired: by hand or file what the log holds, by a query or model what its last run
 * published. A tag that lists its values knows no others.
 */
export const evaluateGiven: EvaluateAssign<GivenAssign> = ({ given, expires }, tag, scope) => {
  const { facts, asOf, zone } = scope
  const since = expires === undefined ? Number.NEGATIVE_INFINITY : addSpan(zone, asOf, spanOf(expires), -1)
  const listed = (tag.values ?? []).map((one) => String(one.code))
  const isListed = (text: string): boolean => listed.length === 0 || listed.includes(text)
  if (typeof given === 'object') return publishedValue(tag, scope, since, isListed)
  const changes = facts.attributes.get(givenAttribute(tag.id)) ?? []
  const value = foldAttribute(changes.filter((change) => change.ts < asOf && change.ts > since))?.value ?? null
  if (tag.family === 'multi') return value?.type === 'list' ? value.value.filter(isListed) : null
  return value?.type === 'text' && isListed(value.value) ? value.value : null
}

function publishedValue(
  tag: TagDefinition,
  { facts, asOf }: EvaluateScope,
  since: number,
  isListed: (text: string) => boolean,
): EventScopeValue {
  const rows = (facts.published?.get(`tag:${tag.id}`) ?? [])
    .filter((row) => row.ts <= asOf && row.ts > since)
    .toSorted(inLogOrder)
  if (tag.family !== 'multi') {
    const value = rows.at(-1)?.value ?? null
    return typeof value !== 'string' || isListed(value) ? value : null
  }
  const held = new Set<string>()
  for (const { value, op } of rows) {
    if (typeof value !== 'string') continue
    if (op === 'removed') held.delete(value)
    else held.add(value)
  }
  return [...held].filter(isListed).sort(compareUtf8)
}
