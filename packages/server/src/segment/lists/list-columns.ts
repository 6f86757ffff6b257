import type { SourceRow } from '@tagtree/connectors/files/file-row'
import type { Catalog, IdentityKindEntry } from '@tagtree/core/catalog/catalog'
import { findIdentityKind } from '@tagtree/core/identify/kinds'
import { normaliseIdentity } from '@tagtree/core/identify/normalise'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { GivenPerson } from './match-people.js'

/** Column of a file -> what it holds: an identity kind, `profile_id` or `value`. */
export type ListColumns = Readonly<Record<string, string>>

/** What the user said about the columns; nothing = the names of the columns say it. */
export interface ColumnWords {
  readonly columns?: ListColumns | undefined
  /** What the file's only column holds, or the one that is named so. */
  readonly as?: string | undefined
}

/**
 * Which columns of a file name people: those that are named like an identity kind (`phone`, also `id.phone`, as exports
 * write it) or `profile_id`, unless the user says otherwise.
 * @throws AppError LIST_COLUMN_UNKNOWN
 */
export function peopleColumns(
  names: readonly string[],
  catalog: Catalog,
  subject: string,
  words: ColumnWords,
): ListColumns {
  const holds = (name: string): string | null => {
    const plain = name.trim().replace(/^id\./, '')
    if (plain === 'profile_id') return plain
    return findIdentityKind(catalog.identityKinds, plain)?.subject === subject ? plain : null
  }
  return chooseColumns(names, holds, words)
}

/** The column that holds the values of a list. @throws AppError LIST_COLUMN_UNKNOWN */
export function valueColumns(names: readonly string[], words: ColumnWords): ListColumns {
  const only = names.length === 1 ? names[0] : undefined
  return chooseColumns(names, (name) => (name === 'value' || name === only ? 'value' : null), words)
}

function chooseColumns(
  names: readonly string[],
  holds: (name: string) => string | null,
  { columns, as }: ColumnWords,
): ListColumns {
  const unknown = () => new AppError('LIST_COLUMN_UNKNOWN', { words: { columns: names.join(', ') } })
  if (columns !== undefined) {
    const wrong = Object.entries(columns).some(([name, what]) => !names.includes(name) || holds(what) === null)
    if (wrong || Object.keys(columns).length === 0) throw unknown()
    return Object.fromEntries(Object.entries(columns).map(([name, what]) => [name, holds(what)!]))
  }
  const named = names.flatMap((name) => {
    const what = holds(name)
    return what === null || (as !== undefined && what !== holds(as)) ? [] : [[name, what] as const]
  })
  if (named.length > 0) return Object.fromEntries(named)
  const what = as === undefined ? null : holds(as)
  if (names.length !== 1 || what === null) throw unknown()
  return { [names[0]!]: what }
}

/** Whom a row names. A cell with several identities (as exports write them) holds them with a space between. */
export function personOf(
  { number, values }: SourceRow,
  columns: ListColumns,
  kinds: Catalog['identityKinds'],
): GivenPerson {
  const identities: { kind: string; value: string }[] = []
  const profileIds: number[] = []
  for (const [name, what] of Object.entries(columns)) {
    const text = cellText(values[name])
    if (text === '') continue
    if (what === 'profile_id') {
      // A number that is none finds nobody, as it should.
      profileIds.push(/^\d{1,10}$/.test(text) ? Number(text) : -1)
      continue
    }
    for (const value of valuesOf(text, findIdentityKind(kinds, what)!)) identities.push({ kind: what, value })
  }
  return { row: number, identities, profileIds }
}

/** Exports write several phones or addresses of one person with a space between; a phone may have spaces of its own. */
function valuesOf(text: string, kind: IdentityKindEntry): readonly string[] {
  const parts = text.split(/\s+/)
  const isEach = parts.every((part) => normaliseIdentity(kind, part, new Set()).kind === 'ok')
  return kind.normalise !== 'text' && isEach ? parts : [text]
}

/** The value a row gives to a list of values: as the door makes texts canonical. */
export function listedValue({ values }: SourceRow, columns: ListColumns): string {
  return canonicalValue(cellText(values[Object.keys(columns)[0]!]))
}

/** Values compare with what facts hold, which the door has made canonical. */
export function canonicalValue(text: string): string {
  return text.normalize('NFKC').trim()
}

function cellText(cell: SourceRow['values'][string] | undefined): string {
  if (cell === null || cell === undefined) return ''
  return (typeof cell === 'object' ? JSON.stringify(cell) : String(cell)).trim()
}
