import { foldAttribute } from '../catalog/attribute-fold.js'
import { spanOf } from '../compile/window-bounds.js'
import { addSpan, type Zone } from '../kernel/zone.js'
import { correctedAttribute } from '../language/assign/given/attribute.js'
import type { TagDefinition } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import type { SubjectFacts } from './facts.js'

/**
 * What a person said the tag's value is, while it is kept: from its moment on, for the span of `corrections`; the last one
 * counts, codes that the tag does not have are left out. null = no value is right; undefined = nobody said anything that
 * still holds, or took it back.
 */
export function correctionOf(
  tag: TagDefinition,
  codes: readonly string[],
  facts: SubjectFacts,
  asOf: number,
  zone: Zone,
): EventScopeValue | undefined {
  if (tag.corrections === undefined) return undefined
  const since = addSpan(zone, asOf, spanOf(tag.corrections.keep), -1)
  const changes = facts.attributes.get(correctedAttribute(tag.id)) ?? []
  const said = foldAttribute(changes.filter(({ ts }) => ts < asOf && ts > since))?.value
  if (said?.type !== 'list') return undefined
  const known = codes.filter((code) => said.value.includes(code))
  return (tag.family === 'multi' && known.length > 0 ? known : known[0]) ?? null
}
