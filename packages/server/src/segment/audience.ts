import { compilePublishedAudience } from '@tagtree/core/compile/audience/published-audience'
import type { TagAudience } from '@tagtree/core/compile/audience/stored-sets'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { KIND_WORDS } from '../tag/catalogue/kind-words.js'
import { memberCodes } from '../tag/run/write-column.js'
import { populationValues } from './population-values.js'
import type { SegmentScope } from './segment-scope.js'

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
  const { catalog, heads } = scope
  const { subject, about, ...target } = findTarget(scope, reference)
  const population = { number: catalog.subjects.get(subject)!.number, values: populationValues(about) }
  const audience = compilePublishedAudience(target, { catalog, heads, population })
  if (audience === null) throw new AppError('NOT_PUBLISHED', { words: { name: reference.id } })
  return { audience, asOf: heads.get(target.number)!.asOf, subject }
}

/** The same as numbers of stored bitmaps. @throws AppError NOT_FOUND | NOT_PUBLISHED */
export function publishedTarget(scope: SegmentScope, reference: AudienceReference): Target {
  const target = findTarget(scope, reference)
  if (scope.heads.has(target.number)) return target
  throw new AppError('NOT_PUBLISHED', { words: { name: reference.id } })
}

/** What is published of an audience. */
export interface Target {
  readonly number: number
  /** null = any. */
  readonly values: readonly number[] | null
  readonly undecided: readonly number[]
  readonly subject: string
  /** Whose population counts; undefined = everybody. */
  readonly about: Definition | undefined
}

function findTarget({ catalog }: SegmentScope, { kind, id, value }: AudienceReference): Target {
  const { member, undecided } = memberCodes
  if (kind === 'lists') {
    const list = catalog.lists.get(id)
    if (!list) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.list, name: id } })
    if (list.holds === 'values') throw new AppError('LIST_HOLDS_VALUES', { words: { name: id } })
    return { number: list.number, subject: list.subject, values: [member], undecided: [], about: undefined }
  }
  const wanted = kind === 'segments' ? 'segment' : 'tag'
  const entry = catalog.definitions.get(id)
  if (entry?.kind !== wanted) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS[wanted], name: id } })
  const { body, number, codes } = entry
  const place = { number, subject: body.subject ?? 'person' }
  if (wanted === 'segment') return { ...place, values: [member], undecided: [undecided], about: body }
  const code = value === null ? null : codes.get(value)
  if (code !== undefined) return { ...place, values: code === null ? null : [code], undecided: [], about: undefined }
  throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.value, name: `${id}/${value}` } })
}
