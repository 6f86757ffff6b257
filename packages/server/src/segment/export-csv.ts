import { stringify } from 'csv-stringify/sync'
import type { ExportColumn } from './export-columns.js'
import type { Member } from './members.js'

/** A byte order mark first: Excel reads UTF-8 only with it. */
const byteOrderMark = '\uFEFF'

/** Lines of a CSV file, the column names first; missing values are empty cells. */
export async function* csvLines(
  pages: AsyncIterable<readonly Member[]>,
  columns: readonly ExportColumn[],
): AsyncGenerator<string> {
  yield byteOrderMark + stringify([['profile_id', ...columns.map(({ name }) => safeCell(name))]])
  for await (const page of pages) {
    yield stringify(page.map((member) => [member.profileId, ...columns.map((column) => cellOf(column, member))]))
  }
}

function cellOf(column: ExportColumn, member: Member): string {
  const value = column.valueOf(member)
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return safeCell(value.join(' '))
  return safeCell(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** A spreadsheet runs a cell that begins like a formula; an apostrophe before it makes it text. Numbers stay numbers. */
function safeCell(cell: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^[+-]\d[\d ]*(\.\d+)?$/.test(cell) ? `'${cell}` : cell
}
