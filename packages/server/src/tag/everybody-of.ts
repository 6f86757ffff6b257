import type { Definition, SegmentDefinition } from '@tagtree/core/language/document'

/** The segment of all whom a definition is about. Its id has spaces, so it is nobody else's. */
export function everybodyOf({ subject, who }: Pick<Definition, 'subject' | 'who'>): SegmentDefinition {
  const about = { ...(subject === undefined ? {} : { subject }), ...(who === undefined ? {} : { who }) }
  return { version: 1, kind: 'segment', id: 'all of it', name: 'all of it', ...about, where: { all: [] } }
}
