import type { RawValue } from '@tagtree/core/collect/incoming'
import type { ByteSource } from '../byte-source.js'
import { decodeText } from '../decode-text.js'
import type { TextEncoding } from '../encoding.js'
import {
  brokenRow,
  type FileRow,
  GROUP_CHARACTERS,
  GROUP_ROWS,
  MAX_ROW_CHARACTERS,
  type RowGroups,
  type SourceRow,
} from '../file-row.js'
import { findHeader, type Header } from '../header.js'
import { type CsvRecord, makeCsvTokenizer } from './csv-tokenizer.js'
import { sniffDelimiter } from './sniff-delimiter.js'

/** How a delimited text file is to be read; found from its beginning, or given by the user. */
export interface DelimitedLayout {
  readonly encoding: TextEncoding
  readonly delimiter: string
  /** Lines end in CR alone (old Macintosh). */
  readonly carriageReturns: boolean
  readonly header: Header
  /** Records before the first row of data (titles and header). */
  readonly recordsToSkip: number
}

/** Records that are looked at to find the header. */
const HEADER_RECORDS = 20

/** Finds delimiter and header in the decoded beginning of a file. */
export function findLayout(
  head: string,
  encoding: TextEncoding,
  wanted: { readonly delimiter: string | null; readonly header: boolean | null },
): DelimitedLayout {
  const carriageReturns = !head.includes('\n') && head.includes('\r')
  const named = /^sep=(.)\r?\n/.exec(head)
  const delimiter = wanted.delimiter ?? named?.[1] ?? sniffDelimiter(head, carriageReturns)
  const tokenizer = makeCsvTokenizer(delimiter, carriageReturns)
  const records = [...tokenizer.push(head), ...tokenizer.end(false)].slice(named ? 1 : 0, HEADER_RECORDS)
  const rows = records.flatMap((record) => ('fields' in record ? [record.fields] : []))
  const header = findHeader(rows, wanted.header)
  const headerRow = rows[header.index]
  const recordsToSkip =
    headerRow === undefined ? 0 : records.findIndex((record) => 'fields' in record && record.fields === headerRow) + 1
  return { encoding, delimiter, carriageReturns, header, recordsToSkip: recordsToSkip + (named ? 1 : 0) }
}

/** Reads the rows of a delimited file from its start. Broken rows are given as such; the rows beside them stay whole. */
export async function* readDelimited(bytes: ByteSource, layout: DelimitedLayout): RowGroups {
  const names = layout.header.names
  const tokenizer = makeCsvTokenizer(layout.delimiter, layout.carriageReturns)
  tokenizer.expect(names.length)
  let toSkip = layout.recordsToSkip
  let lastLine = 0
  let group: FileRow[] = []
  const toRow = (record: CsvRecord): FileRow | null => {
    lastLine = record.line
    if (toSkip > 0) {
      toSkip--
      return null
    }
    if ('broken' in record) {
      return brokenRow(record.line, record.broken, record.text, {
        limit: MAX_ROW_CHARACTERS,
        encoding: layout.encoding.label,
      })
    }
    return rowOf(record.line, record.fields, names, layout.delimiter)
  }
  let held = 0
  for await (const text of decodeText(bytes.chunks(), layout.encoding)) {
    held += text.length
    for (const record of tokenizer.push(text)) {
      const row = toRow(record)
      if (row !== null) group.push(row)
      if (group.length >= GROUP_ROWS) {
        yield group
        group = []
        held = 0
      }
    }
    if (held > GROUP_CHARACTERS && group.length > 0) {
      yield group
      group = []
      held = 0
    }
  }
  const damage = bytes.damage()
  for (const record of tokenizer.end(damage !== null)) {
    const row = toRow(record)
    if (row !== null) group.push(row)
  }
  if (damage !== null) group.push(brokenRow(lastLine + 1, 'file_cut_off', '', { detail: damage }))
  if (group.length > 0) yield group
}

/** One record as a row; null when it is blank. */
function rowOf(line: number, fields: readonly string[], names: readonly string[], delimiter: string): FileRow | null {
  if (fields.length !== names.length) {
    const found = fields.findLastIndex((field) => field !== '') + 1
    if (found === 0) return null
    // Empty cells behind the last column are harmless: spreadsheets write them.
    if (found > names.length || fields.length < names.length) {
      const broken = found > names.length ? 'cells_more' : 'cells_fewer'
      return brokenRow(line, broken, fields.join(delimiter), { found: fields.length, expected: names.length })
    }
  }
  const values: Record<string, RawValue> = {}
  let empty = true
  let repeatsHeader = true
  for (let at = 0; at < names.length; at++) {
    const field = fields[at]!
    const name = names[at]!
    if (field !== '') empty = false
    if (repeatsHeader && field !== name) repeatsHeader = false
    values[name] = field === '' ? null : field
  }
  if (empty) return null
  if (repeatsHeader) return brokenRow(line, 'header_repeated', fields.join(delimiter))
  return { number: line, values } satisfies SourceRow
}
