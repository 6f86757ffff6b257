import { Readable } from 'node:stream'
import type { PublishedAudience } from './audience.js'
import { exportColumns } from './export-columns.js'
import { csvLines } from './export-csv.js'
import { parquetFile } from './export-parquet.js'
import { type Member, type MemberReader, readMembers } from './members.js'
import type { SegmentScope } from './segment-scope.js'

export type ExportFormat = 'csv' | 'ndjson' | 'parquet'
export interface ExportFile {
  readonly contentType: string
  readonly fileName: string
  readonly body: Readable
}

export interface ExportRequest {
  readonly workspaceId: number
  readonly published: PublishedAudience
  readonly format: ExportFormat
  /** Of the file, without day and ending. */
  readonly name: string
  readonly signal: AbortSignal
}

const pageSize = 5000

/**
 * The members as one file: profile id, one column per identity kind (several values joined by a space), one per
 * attribute. Members are read by page while the file is sent, so memory does not grow with the audience.
 */
export async function exportMembers(
  reader: MemberReader,
  scope: SegmentScope,
  request: ExportRequest,
): Promise<ExportFile> {
  const { published, format, name } = request
  const columns = exportColumns(scope.catalog, published.subject)
  const pages = memberPages(reader, scope, request)
  const fileName = `${name}-${new Date(published.asOf).toISOString().slice(0, 10)}.${format}`
  switch (format) {
    case 'csv':
      return { contentType: 'text/csv; charset=utf-8', fileName, body: Readable.from(csvLines(pages, columns)) }
    case 'ndjson':
      return { contentType: 'application/x-ndjson', fileName, body: Readable.from(jsonLines(pages)) }
    case 'parquet': {
      const body = await parquetFile(scope.clickhouse, pages, columns)
      return { contentType: 'application/vnd.apache.parquet', fileName, body }
    }
  }
}

async function* memberPages(
  reader: MemberReader,
  scope: SegmentScope,
  { workspaceId, published, signal }: ExportRequest,
): AsyncGenerator<readonly Member[]> {
  let after = 0
  for (;;) {
    signal.throwIfAborted()
    const page = await readMembers(reader, scope, workspaceId, published, after, pageSize)
    if (page.length > 0) yield page
    if (page.length < pageSize) return
    after = page.at(-1)!.profileId
  }
}

async function* jsonLines(pages: AsyncIterable<readonly Member[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((member) => `${JSON.stringify(member)}\n`).join('')
}
