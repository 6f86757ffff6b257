import { writeXlsx } from 'hucre/xlsx'
import iconv from 'iconv-lite'

/** A little table for tests: cells by column, null where empty. */
export interface TestTable {
  readonly columns: readonly string[]
  readonly rows: readonly Readonly<Record<string, string | null>>[]
}

/** The table as delimited text. */
export function csvOf({ columns, rows }: TestTable, delimiter = ',', lineEnd = '\n'): string {
  const quoted = (cell: string | null): string =>
    cell === null ? '' : /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  return [columns, ...rows.map((row) => columns.map((column) => quoted(row[column] ?? null)))]
    .map((cells) => cells.join(delimiter))
    .join(lineEnd)
}

/** The table as a spreadsheet program of Chinese Windows writes it: GB18030, semicolons, CRLF. */
export function gb18030CsvOf(table: TestTable): Uint8Array {
  return iconv.encode(csvOf(table, ';', '\r\n'), 'gb18030')
}

/** The table as an Excel workbook: numbers as numbers, times as dates with a date format. */
export async function xlsxOf(
  { columns, rows }: TestTable,
  types: { readonly numbers: readonly string[]; readonly times: readonly string[] },
): Promise<Uint8Array> {
  const typed = (row: TestTable['rows'][number]) =>
    columns.map((column) => {
      const cell = row[column] ?? null
      if (cell === null) return null
      if (types.times.includes(column)) return new Date(`${cell.replace(' ', 'T')}Z`)
      return types.numbers.includes(column) ? Number(cell) : cell
    })
  return writeXlsx({
    sheets: [
      {
        name: 'Sheet1',
        columns: columns.map((column) => (types.times.includes(column) ? { numFmt: 'yyyy-mm-dd hh:mm:ss' } : {})),
        rows: [[...columns], ...rows.map(typed)],
      },
    ],
  })
}

/** The table as NDJSON with JSON numbers. */
export function ndjsonOf({ columns, rows }: TestTable, numbers: readonly string[]): string {
  return rows
    .map((row) =>
      JSON.stringify(
        Object.fromEntries(
          columns.map((column) => {
            const cell = row[column] ?? null
            return [column, cell !== null && numbers.includes(column) ? Number(cell) : cell]
          }),
        ),
      ),
    )
    .join('\n')
}
