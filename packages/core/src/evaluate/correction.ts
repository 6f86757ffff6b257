import { spanOf } from '../compile/window-bounds.js'
import { addSpan, type Zone } from '../kernel/zone.js'
import type { TagDefinition } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { inLogOrder } from './change-rows.js'
import type { SubjectFacts } from './facts.js'

/**
 * What a person said the tag's value is, while it is kept: from its moment on, for the span of `corrections`; the last one
 * counts. undefined = nobody said anything that still holds.
 */
export function correctionOf(
  tag: TagDefinition,
  facts: SubjectFacts,
  asOf: number,
  zone: Zone,
): EventScopeValue | undefined {
  if (tag.corrections === undefined) return undefined
  const since = addSpan(zone, asOf, spanOf(tag.corrections.keep), -1)
  const holding = (facts.corrections?.get(tag.id) ?? []).filter((one) => one.ts < asOf && one.ts > since)
  return holding.toSorted(inLogOrder).at(-1)?.value
}
