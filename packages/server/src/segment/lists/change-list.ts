import { isSourceRow } from '@tagtree/connectors/files/file-row'
import { type FileOptions, openFile } from '@tagtree/connectors/files/open-file'
import { inWorkspace } from '../../store/postgres.js'
import type { CatalogueScope } from '../../tag/catalogue/scope.js'
import {
  type ContentCounts,
  type ContentSource,
  changePeople,
  changeValues,
  type ListChange,
  type UnmatchedRow,
} from '../../tag/lists/list-content.js'
import { publishList } from '../../tag/lists/publish-list.js'
import type { SegmentScope } from '../segment-scope.js'
import {
  type ColumnWords,
  canonicalValue,
  type ListColumns,
  listedValue,
  peopleColumns,
  personOf,
  valueColumns,
} from './list-columns.js'
import { type GivenPerson, type MatchScope, PeopleMatcher } from './match-people.js'

export interface ListScope extends SegmentScope {
  readonly pool: MatchScope['pool']
  readonly workspaceId: number
  /** null for a program's key. */
  readonly actorId: number | null
  /** ms */
  readonly now: number
}

export interface ListFile {
  readonly id: number
  readonly path: string
  readonly reading: FileOptions
  readonly words: ColumnWords
}

/** What became of the rows, and of the list. */
export interface ListReport extends ContentCounts {
  /** Number of the change, by which it is undone. */
  readonly changeNo: string
  readonly content: number
  /** How many it holds now. */
  readonly size: number
  readonly joined: number
  readonly left: number
  /** Rows that named nobody, as far as they are remembered. */
  readonly lost: readonly UnmatchedRow[]
}

/** Texts longer than this are no values. */
const LONGEST_VALUE = 1_000

/** Puts people who are named in a request on a list, or takes them off. @throws AppError NOT_FOUND | LIST_HOLDS_VALUES */
export async function changeByPeople(
  scope: ListScope,
  list: { readonly id: string; readonly subject: string },
  how: ListChange,
  people: readonly GivenPerson[],
): Promise<ListReport> {
  const matcher = matcherOf(scope, list.subject)
  await matcher.take(people)
  return writePeople(scope, list.id, how, matcher, null)
}

/** The same with people from a file. @throws AppError also LIST_COLUMN_UNKNOWN and what `openFile` throws */
export async function uploadPeople(
  scope: ListScope,
  list: { readonly id: string; readonly subject: string },
  how: ListChange,
  file: ListFile,
  signal: AbortSignal,
): Promise<ListReport> {
  const matcher = matcherOf(scope, list.subject)
  const columns = await readFile(file, signal, {
    columnsOf: (names) => peopleColumns(names, scope.catalog, list.subject, file.words),
    take: async (rows, columns) => matcher.take(rows.map((row) => personOf(row, columns, scope.catalog.identityKinds))),
    lose: (row) => matcher.lose(row, 'broken'),
  })
  return writePeople(scope, list.id, how, matcher, sourceOf(file, columns))
}

/** Puts values on a list of values, or takes them off. @throws AppError NOT_FOUND | LIST_HOLDS_PEOPLE | LIST_TOO_LONG */
export function changeByValues(
  scope: ListScope,
  id: string,
  how: ListChange,
  values: readonly string[],
): Promise<ListReport> {
  const gathered = new ValueGatherer()
  for (const [index, value] of values.entries()) gathered.take(index, canonicalValue(value))
  return writeValues(scope, id, how, gathered, null)
}

/** The same with values from a file. @throws AppError also LIST_COLUMN_UNKNOWN and what `openFile` throws */
export async function uploadValues(
  scope: ListScope,
  id: string,
  how: ListChange,
  file: ListFile,
  signal: AbortSignal,
): Promise<ListReport> {
  const gathered = new ValueGatherer()
  const columns = await readFile(file, signal, {
    columnsOf: (names) => valueColumns(names, file.words),
    take: async (rows, columns) => {
      for (const row of rows) gathered.take(row.number, listedValue(row, columns))
    },
    lose: (row) => gathered.lose(row, 'broken'),
  })
  return writeValues(scope, id, how, gathered, sourceOf(file, columns))
}

/** Values of the rows with what became of each row. */
class ValueGatherer {
  readonly values = new Set<string>()
  readonly unmatched: UnmatchedRow[] = []
  #rows = 0
  #duplicate = 0

  get counts(): ContentCounts {
    const unmatched = this.unmatched.length
    return { rows: this.#rows, matched: this.values.size, duplicate: this.#duplicate, unmatched }
  }

  take(row: number, value: string): void {
    if (value === '' || value.length > LONGEST_VALUE) {
      this.lose(row, value === '' ? 'empty' : 'too_long')
      return
    }
    this.#rows += 1
    if (this.values.has(value)) this.#duplicate += 1
    this.values.add(value)
  }

  lose(row: number, reason: UnmatchedRow[1]): void {
    this.#rows += 1
    this.unmatched.push([row, reason])
  }
}

type SourceRow = Parameters<typeof personOf>[0]

async function readFile(
  { path, reading }: ListFile,
  signal: AbortSignal,
  reader: {
    columnsOf(names: readonly string[]): ListColumns
    take(rows: readonly SourceRow[], columns: ListColumns): Promise<void>
    lose(row: number): void
  },
): Promise<ListColumns> {
  const table = await openFile(path, reading)
  try {
    const columns = reader.columnsOf(table.columns)
    for await (const group of table.rows(new Set(Object.keys(columns)))) {
      signal.throwIfAborted()
      await reader.take(group.filter(isSourceRow), columns)
      for (const row of group) if (!isSourceRow(row)) reader.lose(row.number)
    }
    return columns
  } finally {
    await table.close()
  }
}

function matcherOf(scope: ListScope, subject: string): PeopleMatcher {
  const { pool, workspaceId, blind, catalog } = scope
  return new PeopleMatcher({ pool, workspaceId, blind, subject: catalog.subjects.get(subject)?.number ?? 0 })
}

function sourceOf({ id, reading }: ListFile, columns: ListColumns): NonNullable<ContentSource['file']> {
  return { id, columns, reading }
}

async function writePeople(
  scope: ListScope,
  id: string,
  how: ListChange,
  { nodes, counts, unmatched }: PeopleMatcher,
  file: ContentSource['file'],
): Promise<ListReport> {
  const note = { source: { how, file }, counts, unmatched }
  const changed = await inCatalogue(scope, (catalogue) => changePeople(catalogue, id, how, nodes, note))
  const moment = { asOf: scope.now, lastBatch: scope.scan.lastBatch }
  const { people, ...moves } = await publishList(scope, scope.workspaceId, { id, number: changed.number }, moment)
  const content = changed.document.content!
  return { ...counts, ...moves, changeNo: changed.changeNo, content, size: people, lost: unmatched }
}

async function writeValues(
  scope: ListScope,
  id: string,
  how: ListChange,
  { values, counts, unmatched }: ValueGatherer,
  file: ContentSource['file'],
): Promise<ListReport> {
  const note = { source: { how, file }, counts, unmatched }
  const changed = await inCatalogue(scope, (catalogue) => changeValues(catalogue, id, how, values, note))
  const { changeNo, joined, left, size } = changed
  return { ...counts, changeNo, content: changed.document.content!, size, joined, left, lost: unmatched }
}

function inCatalogue<T>(scope: ListScope, work: (catalogue: CatalogueScope) => Promise<T>): Promise<T> {
  const { pool, workspaceId, actorId } = scope
  return inWorkspace(pool, workspaceId, (tx) => work({ tx, workspaceId, actorId }))
}
