import { PassThrough, Readable } from 'node:stream'
import { writeXlsxStream } from 'hucre/xlsx'
import { type Cell, type RowWriter, writeThrough } from './row-writer.js'

export interface XlsxOptions {
  /** At most 31 characters. */
  readonly sheet: string
  readonly columns: readonly string[]
}

/** Opens an Excel file of one sheet for writing, the column names first. Dates become date cells, long tables further sheets. */
export function writeXlsx(path: string, options: XlsxOptions): RowWriter<readonly Cell[]> {
  const rows = new PassThrough({ objectMode: true, highWaterMark: 1000 })
  rows.write([...options.columns])
  const bytes = Readable.fromWeb(writeXlsxStream(rows, { name: options.sheet }))
  return writeThrough(path, rows, [bytes])
}
