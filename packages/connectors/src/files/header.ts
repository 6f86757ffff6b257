import { AppError } from '@tagtree/core/kernel/app-error'
import { MAX_COLUMNS } from './file-row.js'

/** Something odd about a file that did not stop the reading. */
export interface FileWarning {
  readonly code: 'header_missing' | 'header_duplicate' | 'header_empty' | 'header_reserved' | 'rows_above_header'
  readonly words: Readonly<Record<string, string | number>>
}

/** The header of a table: its place among the rows looked at, and one unique name per column. */
export interface Header {
  /** Index of the header row; -1 when the table has none. */
  readonly index: number
  readonly names: readonly string[]
  readonly warnings: readonly FileWarning[]
}

/** Names that would reach into JavaScript objects. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Finds the header among the first rows: of the rows of words before the first row with numbers or dates the first widest
 * one; titles above it are left out. When the table begins with numbers or dates, there is no header.
 * `wanted` true or false is the user's word.
 * @throws AppError FILE_TOO_WIDE
 */
export function findHeader(rows: readonly (readonly string[])[], wanted: boolean | null): Header {
  const widths = rows.map(widthOf)
  const width = Math.max(0, ...widths)
  if (width > MAX_COLUMNS) throw new AppError('FILE_TOO_WIDE', { words: { columns: width, limit: MAX_COLUMNS } })
  const first = headerIndex(rows, widths, width)
  const candidate = rows[first]
  const isHeader = wanted ?? candidate?.every((cell) => !looksLikeValue(cell)) === true
  if (candidate === undefined || !isHeader) {
    const names = Array.from({ length: width }, (_, at) => `column_${at + 1}`)
    return { index: -1, names, warnings: wanted === false ? [] : [{ code: 'header_missing', words: {} }] }
  }
  const named = nameColumns(candidate, Math.max(width, candidate.length))
  const above: FileWarning[] = first > 0 ? [{ code: 'rows_above_header', words: { count: first } }] : []
  return { index: first, names: named.names, warnings: [...above, ...named.warnings] }
}

/** Among the rows about as wide as the table, the first widest one before the first with numbers or dates in it. */
function headerIndex(rows: readonly (readonly string[])[], widths: readonly number[], width: number): number {
  const wide = rows.flatMap((_, at) => (widths[at]! > 0 && widths[at]! * 5 >= width * 3 ? [at] : []))
  const values = wide.findIndex((at) => rows[at]!.some(looksLikeValue))
  if (values <= 0) return wide[0] ?? -1
  const words = wide.slice(0, values)
  const widest = Math.max(...words.map((at) => widths[at]!))
  return words.find((at) => widths[at] === widest)!
}

/** Unique, harmless names for the cells of a header: empty ones are numbered, repeated ones get a number behind. */
export function nameColumns(
  cells: readonly string[],
  width: number,
): { names: readonly string[]; warnings: readonly FileWarning[] } {
  const names: string[] = []
  const warnings: FileWarning[] = []
  const used = new Set<string>()
  const lastNamed = cells.findLastIndex((cell) => cell.trim() !== '')
  for (let at = 0; at < Math.max(lastNamed + 1, Math.min(width, cells.length)); at++) {
    const written = (cells[at] ?? '').trim()
    let name = written
    if (written === '') {
      name = `column_${at + 1}`
      if (at <= lastNamed) warnings.push({ code: 'header_empty', words: { column: name } })
    } else if (RESERVED_NAMES.has(written)) {
      name = `column_${at + 1}`
      warnings.push({ code: 'header_reserved', words: { name: written, column: name } })
    }
    let unique = name
    for (let copy = 2; used.has(unique); copy++) unique = `${name} (${copy})`
    if (unique !== name) warnings.push({ code: 'header_duplicate', words: { name, column: unique } })
    used.add(unique)
    names.push(unique)
  }
  return { names, warnings }
}

/** Number of cells up to the last one that is not empty. */
function widthOf(row: readonly string[]): number {
  return row.findLastIndex((cell) => cell.trim() !== '') + 1
}

/** A number, money or date: something a header is not. */
function looksLikeValue(cell: string): boolean {
  const text = cell.trim()
  return (
    /^[-+(]?[¥￥$€£]?\s?\d[\d,. ]*[)%元]?$/.test(text) ||
    /^\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?([ T]\d{1,2}:.*)?$/.test(text) ||
    /^(true|false)$/i.test(text)
  )
}
