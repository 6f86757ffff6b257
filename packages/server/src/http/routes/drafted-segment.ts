import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { SegmentDefinition } from '@tagtree/core/language/document'
import { checkDefinition } from '../../tag/catalogue/save-definition.js'

/** A segment that is being written. @throws AppError DEFINITION_INVALID also for other kinds of definitions */
export function draftedSegment(catalog: Catalog, document: unknown): SegmentDefinition {
  const { definition } = checkDefinition(document, catalog)
  if (definition.kind === 'segment') return definition
  const issue = {
    pointer: '/kind',
    message: 'only a segment has members to count; for a tag use /definitions/preview',
    messageZh: '只有人群可以计数；标签请用 /definitions/preview',
  }
  throw new AppError('DEFINITION_INVALID', { words: { count: 1 }, issues: [issue] })
}
