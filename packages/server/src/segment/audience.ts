import { compileTagAudience, type TagAudience } from '@tagtree/core/compile/audience/tag-audience'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Condition } from '@tagtree/core/language/document'
import { populationCodes } from '../tag/run/write-population.js'
import type { SegmentScope } from './count.js'

/** Whose people: a published segment, a list, or a tag (one value of it, or any). */
export interface AudienceReference {
  readonly kind: 'segments' | 'lists' | 'tags'
  readonly id: string
  /** Only for tags; null = everybody who has a value. */
  readonly value: string | null
}

export interface PublishedAudience {
  readonly audience: TagAudience
  /** Moment the values were computed for, ms. */
  readonly asOf: number
  readonly subject: string
}

/**
 * The published people behind a number on the screen; count and list come from the same bitmaps.
 * @throws AppError NOT_FOUND | NOT_PUBLISHED
 */
export function publishedAudience(scope: SegmentScope, reference: AudienceReference): PublishedAudience {
  const target = findTarget(scope, reference)
  const head = scope.heads.get(target.number)
  if (!head) throw new AppError('NOT_PUBLISHED', { words: { name: reference.id } })
  const subject = scope.catalog.subjects.get(target.subject)
  const audience =
    subject &&
    compileTagAudience(target.where, {
      catalog: scope.catalog,
      heads: scope.heads,
      population: { number: subject.number, values: Object.values(populationCodes) },
    })
  if (!audience) throw new AppError('NOT_PUBLISHED', { words: { name: reference.id } })
  return { audience, asOf: head.asOf, subject: target.subject }
}

function findTarget(
  scope: SegmentScope,
  reference: AudienceReference,
): { number: number; subject: string; where: Condition } {
  if (reference.kind === 'lists') {
    const list = scope.catalog.lists.get(reference.id)
    if (!list) throw new AppError('NOT_FOUND', { words: { what: 'list', name: reference.id } })
    return { number: list.number, subject: list.subject, where: { member: { list: reference.id } } }
  }
  const kind = reference.kind === 'segments' ? 'segment' : 'tag'
  const entry = scope.catalog.definitions.get(reference.id)
  if (!entry || entry.kind !== kind) throw new AppError('NOT_FOUND', { words: { what: kind, name: reference.id } })
  const subject = entry.body.subject ?? 'person'
  if (kind === 'segment') return { number: entry.number, subject, where: { member: { segment: reference.id } } }
  if (reference.value === null) return { number: entry.number, subject, where: { tag: reference.id, known: true } }
  if (!entry.codes.has(reference.value)) {
    throw new AppError('NOT_FOUND', { words: { what: 'value', name: `${reference.id}/${reference.value}` } })
  }
  const multi = entry.body.kind === 'tag' && entry.body.family === 'multi'
  const where: Condition = multi
    ? { tag: reference.id, hasAny: [reference.value] }
    : { tag: reference.id, is: reference.value }
  return { number: entry.number, subject, where }
}
