import { stringify } from 'csv-stringify'
import iconv from 'iconv-lite'
import { type Cell, type RowWriter, writeThrough } from './row-writer.js'

export interface CsvOptions {
  readonly columns: readonly string[]
  /** Default utf8. */
  readonly encoding?: 'utf8' | 'gb18030'
  /** Byte order mark, which makes spreadsheet programs read UTF-8; default false. */
  readonly bom?: boolean
  /**
   * A cell that begins like a formula runs in a spreadsheet that opens the file. `escape` (the default) puts an apostrophe
   * before it; `keep` writes it as it is, for files that only programs read.
   */
  readonly formulas?: 'escape' | 'keep'
}

/** Opens a CSV file for writing, the column names first. Cells stand in the order of the columns. */
export function writeCsv(path: string, options: CsvOptions): RowWriter<readonly Cell[]> {
  const rows = stringify({
    header: true,
    columns: [...options.columns],
    bom: options.bom ?? false,
    escape_formulas: options.formulas !== 'keep',
    cast: { date: (date) => date.toISOString(), boolean: (value) => (value ? 'true' : 'false') },
  })
  if (options.encoding !== 'gb18030') return writeThrough(path, rows, [rows])
  rows.setEncoding('utf8')
  return writeThrough(path, rows, [rows, iconv.encodeStream('gb18030')])
}
