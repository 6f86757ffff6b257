import { type FileRow, isSourceRow } from '@tagtree/connectors/files/file-row'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { type RowReason, sayReason } from '@tagtree/core/collect/reasons'

/** First bytes of a file of rejected rows: spreadsheets take it for UTF-8 by them. */
const BYTE_ORDER_MARK = '\ufeff'

/** The header of a file of rejected rows: place and reasons, then the columns as they are in the imported file. */
export function rejectedHeader(columns: readonly string[]): string {
  return `${BYTE_ORDER_MARK}${line(['row', 'reason', 'explanation', '说明', ...columns, 'original'])}`
}

/**
 * One rejected row. A readable one keeps its cells, so that it can be corrected and imported again; one that could not be
 * read stands as it is in `original`.
 */
export function rejectedLine(row: FileRow, reasons: readonly RowReason[], columns: readonly string[]): string {
  return line([
    String(row.number),
    reasons.map((reason) => reason.code).join(' '),
    reasons.map((reason) => sayReason(reason, 'en')).join(' '),
    reasons.map((reason) => sayReason(reason, 'zh')).join(''),
    ...(isSourceRow(row) ? columns.map((column) => cellText(row.values[column])) : columns.map(() => '')),
    isSourceRow(row) ? '' : row.text,
  ])
}

/** A row of which only the place is known any more: a line of an order that was refused. */
export function rejectedPlace(number: number, reasons: readonly RowReason[], columns: readonly string[]): string {
  return rejectedLine({ number, values: {} }, reasons, columns)
}

/** The reasons of a row that could not be read. */
export function reasonsOfBroken(row: Exclude<FileRow, { values: unknown }>): RowReason[] {
  return [{ code: row.broken, words: row.words }]
}

function cellText(cell: RawValue | undefined): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}

function line(cells: readonly string[]): string {
  return `${cells.map(quote).join(',')}\r\n`
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
