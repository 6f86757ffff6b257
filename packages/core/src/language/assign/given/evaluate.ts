import { foldAttribute } from '../../../catalog/attribute-fold.js'
import { spanOf } from '../../../compile/window-bounds.js'
import type { EvaluateAssign } from '../../../evaluate/scope.js'
import { addSpan } from '../../../kernel/zone.js'
import type { GivenAssign } from '../../document.js'
import { givenAttribute } from './attribute.js'

/** What was given last and has not expired; a tag that lists its values knows no others. */
export const evaluateGiven: EvaluateAssign<GivenAssign> = ({ expires }, tag, { facts, asOf, zone }) => {
  const since = expires === undefined ? Number.NEGATIVE_INFINITY : addSpan(zone, asOf, spanOf(expires), -1)
  const changes = facts.attributes.get(givenAttribute(tag.id)) ?? []
  const value = foldAttribute(changes.filter((change) => change.ts < asOf && change.ts > since))?.value ?? null
  const listed = (tag.values ?? []).map((one) => String(one.code))
  const isListed = (text: string): boolean => listed.length === 0 || listed.includes(text)
  if (tag.family === 'multi') return value?.type === 'list' ? value.value.filter(isListed) : null
  return value?.type === 'text' && isListed(value.value) ? value.value : null
}
