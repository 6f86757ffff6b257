import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Condition, SegmentDefinition, Text } from '@tagtree/core/language/document'
import type { AudienceReference } from './audience.js'
import { memberCondition } from './member-condition.js'

export type CombineHow = 'union' | 'intersection' | 'difference'

/**
 * A segment made of other audiences: everybody in any of them, in all of them, or in the first and in none of the others.
 * It names them, so it follows them. Of a difference those are left out whom one of the others cannot decide.
 * @throws AppError NOT_FOUND | AUDIENCES_DIFFER | LIST_HOLDS_VALUES
 */
export function combinedSegment(
  catalog: Catalog,
  how: CombineHow,
  references: readonly AudienceReference[],
  name: { readonly id: string; readonly name: Text },
): SegmentDefinition {
  const parts = references.map((reference) => memberCondition(catalog, reference))
  const subjects = [...new Set(parts.map((part) => part.subject))]
  const [subject = 'person'] = subjects
  if (subjects.length > 1) throw new AppError('AUDIENCES_DIFFER', { words: { subjects: subjects.join(', ') } })
  const conditions = parts.map((part) => part.condition)
  // Each part has a population of its own, so the whole needs none.
  const about = subject === 'person' ? ({ who: 'everyone' } as const) : { subject }
  return { version: 1, kind: 'segment', ...name, ...about, where: combine(how, conditions) }
}

function combine(how: CombineHow, conditions: readonly Condition[]): Condition {
  const [first, ...others] = conditions
  switch (how) {
    case 'union':
      return { any: [...conditions] }
    case 'intersection':
      return { all: [...conditions] }
    case 'difference':
      return { all: [first!, ...others.map((not): Condition => ({ not }))] }
  }
}
