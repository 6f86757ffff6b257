import { isSourceRow } from '@tagtree/connectors/files/file-row'
import { type FileOptions, openFile } from '@tagtree/connectors/files/open-file'
import { AppError } from '@tagtree/core/kernel/app-error'
import { stringify } from 'csv-stringify/sync'
import type { CatalogueScope } from '../../tag/catalogue/scope.js'
import { type ContentCounts, type ContentSource, readList, type UnmatchedRow } from '../../tag/lists/list-content.js'

/** One change of a list, as its history shows it. */
export interface ListContent extends ContentCounts {
  readonly content: number
  readonly madeAt: Date
  readonly how: ContentSource['how']
  readonly fileId: number | null
  /** It is the one that counts. */
  readonly isCurrent: boolean
}

interface ContentRow {
  readonly content: number
  readonly made_at: Date
  readonly source: ContentSource
  readonly counts: ContentCounts
}

/** Changes of a list, newest first, at most 1,000. @throws AppError NOT_FOUND */
export async function listContents(scope: CatalogueScope, id: string): Promise<ListContent[]> {
  const { number, document } = await readList(scope, id)
  const { rows } = await scope.tx.query<ContentRow>(
    `select content, made_at, source, counts from list_content
     where workspace_id = $1 and number = $2 order by content desc limit 1000`,
    [scope.workspaceId, number],
  )
  return rows.map(({ content, made_at: madeAt, source, counts }) => ({
    ...counts,
    content,
    madeAt,
    how: source.how,
    fileId: source.file?.id ?? null,
    isCurrent: document.content === content,
  }))
}

/** Rows of an upload that named nobody, and where they stand. */
export interface UnmatchedOf {
  readonly file: NonNullable<ContentSource['file']>
  readonly rows: readonly UnmatchedRow[]
}

/** @throws AppError NOT_FOUND also when nothing was lost or the rows did not come from a file */
export async function readUnmatched(scope: CatalogueScope, id: string, content: number): Promise<UnmatchedOf> {
  const { number } = await readList(scope, id)
  const { rows } = await scope.tx.query<{ source: ContentSource; unmatched: UnmatchedRow[] }>(
    `select source, unmatched from list_content where workspace_id = $1 and number = $2 and content = $3`,
    [scope.workspaceId, number, content],
  )
  const file = rows[0]?.source.file
  if (file && rows[0]!.unmatched.length > 0) return { file, rows: rows[0]!.unmatched }
  const what = { en: 'unmatched row in content', zh: '未匹配的行，名单内容' }
  throw new AppError('NOT_FOUND', { words: { what, name: `${id}/${content}` } })
}

/** The lost rows as a CSV file, as they stand in the upload, with their place and reason before them. */
export async function* unmatchedLines(path: string, { file, rows }: UnmatchedOf): AsyncGenerator<string> {
  const reasons = new Map(rows)
  const table = await openFile(path, file.reading as FileOptions)
  try {
    yield `\uFEFF${stringify([['row', 'reason', ...table.columns]])}`
    for await (const group of table.rows()) {
      const lost = group.filter((row) => reasons.has(row.number))
      if (lost.length === 0) continue
      yield stringify(
        lost.map((row) => [
          row.number,
          reasons.get(row.number),
          ...(isSourceRow(row) ? table.columns.map((name) => safeCell(row.values[name])) : [safeCell(row.text)]),
        ]),
      )
    }
  } finally {
    await table.close()
  }
}

/** A spreadsheet runs a cell that begins like a formula; an apostrophe before it makes it text. */
function safeCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const cell = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^[+-]\d[\d ]*(\.\d+)?$/.test(cell) ? `'${cell}` : cell
}
