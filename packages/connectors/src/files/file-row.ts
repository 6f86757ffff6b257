import type { RawValue } from '@tagtree/core/collect/incoming'
import type { FileReason } from '@tagtree/core/collect/reasons'

/** A row that could be read. */
export interface SourceRow {
  /** Place in the file as a person counts: line of a text file, row of a sheet, record of a Parquet file; from 1. */
  readonly number: number
  /** Cells by column; an empty cell is null. Nested objects are flattened to dotted names. */
  readonly values: Readonly<Record<string, RawValue>>
}

/** A row that could not be read; the rows around it are unharmed. */
export interface BrokenRow {
  readonly number: number
  readonly broken: FileReason
  readonly words: Readonly<Record<string, string | number>>
  /** The row as it stands in the file, cut at 1,000 characters. */
  readonly text: string
}

export type FileRow = SourceRow | BrokenRow

/** Rows come in groups: one at a time would cost a turn of the event loop each. Never empty. */
export type RowGroups = AsyncGenerator<readonly FileRow[], void, undefined>

/** Characters a row may have; longer ones are refused without being held in memory. */
export const MAX_ROW_CHARACTERS = 1_048_576
/** Columns a table may have. */
export const MAX_COLUMNS = 2_000
/** Rows of one group. */
export const GROUP_ROWS = 2_000
/** Characters after which a group is given although it has few rows. */
export const GROUP_CHARACTERS = 4_000_000

/** Whether the row was read. */
export function isSourceRow(row: FileRow): row is SourceRow {
  return 'values' in row
}

/** A broken row; its text is cut so that reports stay small. */
export function brokenRow(
  number: number,
  broken: FileReason,
  text: string,
  words: Readonly<Record<string, string | number>> = {},
): BrokenRow {
  // Marks of undecodable bytes (U+FFFF) are shown as the usual replacement character.
  return { number, broken, words, text: text.slice(0, 1000).replaceAll('\uffff', '\ufffd') }
}
