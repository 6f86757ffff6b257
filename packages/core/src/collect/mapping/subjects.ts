import type { IdentityReference, SubjectReference } from '../incoming.js'
import type { MappedSubject } from './mapping.js'
import { prepareExpression, textOf } from './prepare-expression.js'
import type { RowScope } from './row-scope.js'

/** The subject of an alias in the row that is loaded; null when the row has no identity of it. */
export type PreparedSubject = (row: RowScope) => SubjectReference | null

/** Makes a mapped subject ready for many rows. */
export function prepareSubject(subject: MappedSubject): PreparedSubject {
  const kind = subject.kind ?? 'person'
  const parts = Object.entries(subject.identities).map(([identity, expression]) => ({
    identity,
    value: prepareExpression(expression),
  }))
  return (row) => {
    const identities: IdentityReference[] = []
    for (const part of parts) {
      const value = textOf(part.value(row))
      if (value !== null) identities.push({ kind: part.identity, value })
    }
    return identities.length === 0 ? null : { subject: kind, identities }
  }
}

/** The columns or identity kinds a missing subject would be known by, for the reason. */
export function identityColumns(subject: MappedSubject): string {
  return Object.entries(subject.identities)
    .map(([identity, expression]) => (typeof expression === 'string' ? expression : identity))
    .join(', ')
}
