import { open } from 'node:fs/promises'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { AppError } from '@tagtree/core/kernel/app-error'
import { brokenRow, type FileRow, MAX_ROW_CHARACTERS, type RowGroups } from '../file-row.js'
import { findHeader, type Header } from '../header.js'
import { readSheetRows, readVerticalMerges, type SheetContext, type SheetRow } from './sheet-rows.js'
import { readNumberStyles, readSharedStrings, readWorkbook, type Sheet, type Workbook } from './workbook.js'
import { readZipDirectory } from './zip-directory.js'

/** A workbook whose sheet and header are chosen. */
export interface XlsxLayout {
  readonly sheets: readonly string[]
  readonly sheet: string
  readonly header: Header
  /** Sheet row of the header; 0 when there is none. */
  readonly headerRow: number
}

const HEADER_ROWS = 30

/**
 * Opens a workbook: refuses zip bombs, chooses the sheet (the first visible one with cells unless named) and the header.
 * @throws AppError FILE_DAMAGED | FILE_UNPACKS_TOO_LARGE | FILE_FORMAT_UNSUPPORTED | SHEET_UNKNOWN | FILE_EMPTY
 */
export async function openXlsx(
  path: string,
  wanted: { readonly sheet: string | null; readonly header: boolean | null },
): Promise<XlsxLayout> {
  const file = await open(path)
  try {
    const workbook = await readWorkbook(file, await readZipDirectory(file))
    const strings = await readSharedStrings(file, workbook.stringsPart)
    const styles = await readNumberStyles(file, workbook.stylesPart)
    for (const sheet of candidates(workbook, wanted.sheet)) {
      const context: SheetContext = { strings, styles, from1904: workbook.from1904, merges: [] }
      const rows: SheetRow[] = []
      for await (const some of readSheetRows(file, sheet.part, context)) {
        rows.push(...some.filter((row) => row.cells?.some((cell) => cell !== null)))
        if (rows.length >= HEADER_ROWS) break
      }
      if (rows.length === 0 && wanted.sheet === null) continue
      if (rows.length === 0) break
      const looked = rows.slice(0, HEADER_ROWS)
      const header = findHeader(
        looked.map((row) => (row.cells ?? []).map(cellText)),
        wanted.header,
      )
      const headerRow = looked[header.index]?.number ?? 0
      return { sheets: workbook.sheets.map((one) => one.name), sheet: sheet.name, header, headerRow }
    }
    throw new AppError('FILE_EMPTY')
  } finally {
    await file.close()
  }
}

/** Reads the rows of the chosen sheet from its start; `onBytes` hears how many bytes of its part were taken. */
export async function* readXlsx(path: string, layout: XlsxLayout, onBytes: (bytes: number) => void): RowGroups {
  const file = await open(path)
  const names = layout.header.names
  let lastNumber = 0
  try {
    const workbook = await readWorkbook(file, await readZipDirectory(file))
    const sheet = candidates(workbook, layout.sheet)[0]!
    const context: SheetContext = {
      strings: await readSharedStrings(file, workbook.stringsPart),
      styles: await readNumberStyles(file, workbook.stylesPart),
      from1904: workbook.from1904,
      merges: await readVerticalMerges(file, sheet.part),
    }
    for await (const some of readSheetRows(file, sheet.part, context, onBytes)) {
      const group: FileRow[] = []
      for (const row of some) {
        lastNumber = row.number
        if (row.number <= layout.headerRow) continue
        const read = rowOf(row, names)
        if (read !== null) group.push(read)
      }
      if (group.length > 0) yield group
    }
  } catch (error) {
    // Damage in the middle of the sheet: the rows before it were given already.
    if (!(error instanceof AppError) || error.code !== 'FILE_DAMAGED' || lastNumber === 0) throw error
    yield [brokenRow(lastNumber + 1, 'file_cut_off', '', { detail: String(error.words.detail) })]
  } finally {
    await file.close()
  }
}

function candidates(workbook: Workbook, wanted: string | null): Sheet[] {
  if (wanted === null) return [...workbook.sheets].sort((a, b) => Number(a.hidden) - Number(b.hidden))
  const found = workbook.sheets.find((sheet) => sheet.name === wanted)
  if (found === undefined) {
    const sheets = workbook.sheets.map((sheet) => sheet.name).join(', ')
    throw new AppError('SHEET_UNKNOWN', { words: { name: wanted.slice(0, 100), sheets } })
  }
  return [found]
}

function cellText(cell: RawValue): string {
  return cell === null || typeof cell === 'object' ? '' : String(cell)
}

/** One sheet row as a row; null when it is blank. */
function rowOf(row: SheetRow, names: readonly string[]): FileRow | null {
  if (row.cells === null) return brokenRow(row.number, 'row_too_long', '', { limit: MAX_ROW_CHARACTERS })
  const values: Record<string, RawValue> = {}
  let empty = true
  let repeatsHeader = true
  for (let at = 0; at < names.length; at++) {
    const cell = row.cells[at] ?? null
    if (cell !== null) empty = false
    if (cell !== names[at]) repeatsHeader = false
    values[names[at]!] = cell
  }
  const beyond = row.cells.findIndex((cell, at) => at >= names.length && cell !== null)
  const text = (): string => (row.cells ?? []).map(cellText).join('\t')
  if (beyond !== -1) {
    return brokenRow(row.number, 'cells_more', text(), { found: row.cells.length, expected: names.length })
  }
  if (empty) return null
  return repeatsHeader ? brokenRow(row.number, 'header_repeated', text()) : { number: row.number, values }
}
