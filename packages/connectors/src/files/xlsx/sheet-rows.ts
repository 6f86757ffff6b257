import type { FileHandle } from 'node:fs/promises'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { MAX_COLUMNS, MAX_ROW_CHARACTERS } from '../file-row.js'
import { serialToText } from './serial-date.js'
import type { NumberStyle } from './workbook.js'
import { attributeOf, cutElements, stringItemText, unescapeXml } from './xml-text.js'
import { unpackEntry, type ZipEntry } from './zip-directory.js'

/** The cells of one row of a sheet by column (0 = A); null where a cell is empty. `cells` null: the row is too long. */
export interface SheetRow {
  readonly number: number
  readonly cells: readonly RawValue[] | null
}

/** What the cells of a sheet refer to. */
export interface SheetContext {
  readonly strings: readonly string[]
  readonly styles: readonly NumberStyle[]
  readonly from1904: boolean
  /** Vertical merges by their column: the rows below the first take its value. */
  readonly merges: readonly VerticalMerge[]
}

export interface VerticalMerge {
  readonly column: number
  readonly fromRow: number
  readonly toRow: number
}

const MAX_MERGES = 200_000

/**
 * Merged cells that span rows. A sheet lists its merges behind its cells, so it is read through once for them. Only the
 * first column of a merge is filled down; a title merged over columns stays one cell.
 */
export async function readVerticalMerges(file: FileHandle, part: ZipEntry): Promise<VerticalMerge[]> {
  const merges: VerticalMerge[] = []
  for await (const tags of cutElements(tailFrom(unpackEntry(file, part)), 'mergeCell', 1_000)) {
    for (const tag of tags) {
      const range = /ref=["']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']/.exec(tag ?? '')
      if (range === null || range[2] === range[3] || merges.length >= MAX_MERGES) continue
      merges.push({ column: columnOf(range[1]!), fromRow: Number(range[2]), toRow: Number(range[3]) })
    }
  }
  return merges.sort((a, b) => a.fromRow - b.fromRow)
}

/** The bytes behind the cells of a sheet; a root element stands before them so that the tags can be cut. */
async function* tailFrom(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const mark = Buffer.from('mergeCells')
  let found = false
  let before: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (found) {
      yield chunk
      continue
    }
    const joined = before.length === 0 ? chunk : Buffer.concat([before, chunk])
    const at = joined.indexOf(mark)
    if (at !== -1) {
      found = true
      const open = joined.lastIndexOf('<', at)
      yield joined.subarray(Math.max(0, open))
    } else {
      before = joined.subarray(Math.max(0, joined.length - 64))
    }
  }
}

/** Streams the rows of a sheet in their order. Rows without cells are left out. */
export async function* readSheetRows(
  file: FileHandle,
  part: ZipEntry,
  context: SheetContext,
  onPacked: (bytes: number) => void = () => {},
): AsyncGenerator<SheetRow[], void, undefined> {
  let last = 0
  let nextMerge = 0
  let active: { merge: VerticalMerge; value: RawValue }[] = []
  for await (const elements of cutElements(unpackEntry(file, part, onPacked), 'row', 4 * MAX_ROW_CHARACTERS)) {
    const rows: SheetRow[] = []
    for (const xml of elements) {
      if (xml === null) {
        last++
        rows.push({ number: last, cells: null })
        continue
      }
      const written = Number(attributeOf(xml.slice(0, xml.indexOf('>') + 1), 'r'))
      last = Number.isInteger(written) && written > last ? written : last + 1
      const cells = readCells(xml, context)
      active = active.filter((one) => one.merge.toRow >= last)
      for (const { merge, value } of active) if (cells[merge.column] == null) setCell(cells, merge.column, value)
      while (nextMerge < context.merges.length && context.merges[nextMerge]!.fromRow <= last) {
        const merge = context.merges[nextMerge++]!
        if (merge.fromRow === last) active.push({ merge, value: cells[merge.column] ?? null })
      }
      if (cells.length > 0) rows.push({ number: last, cells })
    }
    if (rows.length > 0) yield rows
  }
}

function setCell(cells: RawValue[], column: number, value: RawValue): void {
  while (cells.length < column) cells.push(null)
  cells[column] = value
}

function readCells(xml: string, context: SheetContext): RawValue[] {
  const cells: RawValue[] = []
  // The prefix of the row's tag is that of its cells.
  const prefix = /^<(\w+:)?/.exec(xml)?.[1] ?? ''
  const open = `<${prefix}c`
  const close = `</${prefix}c>`
  let column = -1
  for (let at = xml.indexOf(open); at !== -1; at = xml.indexOf(open, at)) {
    const code = xml.charCodeAt(at + open.length)
    if (code !== 62 && code !== 47 && code > 32) {
      at += open.length
      continue
    }
    const tagEnd = xml.indexOf('>', at)
    if (tagEnd === -1) break
    const tag = xml.slice(at, tagEnd + 1)
    const reference = /\sr=["']([A-Z]{1,3})/.exec(tag)?.[1]
    column = reference === undefined ? column + 1 : columnOf(reference)
    if (xml.charCodeAt(tagEnd - 1) === 47) {
      at = tagEnd + 1
      continue
    }
    const end = xml.indexOf(close, tagEnd)
    const content = xml.slice(tagEnd + 1, end === -1 ? xml.length : end)
    const value = readCell(tag, content, prefix, context)
    if (value !== null && column <= MAX_COLUMNS) setCell(cells, column, value)
    if (end === -1) break
    at = end + close.length
  }
  for (let at = 0; at < cells.length; at++) cells[at] ??= null
  return cells
}

function readCell(tag: string, content: string, prefix: string, context: SheetContext): RawValue {
  const type = /\st=["'](\w+)["']/.exec(tag)?.[1] ?? 'n'
  if (type === 'inlineStr') return stringItemText(content) || null
  const start = content.indexOf(`<${prefix}v`)
  const from = start === -1 ? -1 : content.indexOf('>', start) + 1
  const to = from <= 0 ? -1 : content.indexOf(`</${prefix}v>`, from)
  if (to === -1) return null
  const text = content.slice(from, to)
  if (type === 's') return context.strings[Number(text)] || null
  if (type === 'b') return text === '1' || text === 'true'
  if (type === 'str' || type === 'd') return unescapeXml(text) || null
  if (type === 'e') return null
  return readNumber(text, tag, context)
}

function readNumber(text: string, tag: string, context: SheetContext): RawValue {
  const number = Number(text)
  if (text === '' || !Number.isFinite(number)) return unescapeXml(text) || null
  const style = context.styles[Number(/\ss=["'](\d+)["']/.exec(tag)?.[1] ?? -1)] ?? 'number'
  if (style !== 'number') return serialToText(number, style, context.from1904) ?? number
  // Digits beyond what a float holds are kept as they are written.
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number
}

function columnOf(letters: string): number {
  let column = 0
  for (let at = 0; at < letters.length; at++) column = column * 26 + letters.charCodeAt(at) - 64
  return column - 1
}
