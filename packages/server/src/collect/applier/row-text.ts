import type { StoredValue } from '@tagtree/core/catalog/coerce'
import { instantText } from '@tagtree/core/catalog/stored-date'
import { TextBuffer } from '../import/text-buffer.js'

/** The JSON spelling of a stored value inside a ClickHouse row. */
export function valueText(value: StoredValue): string {
  switch (value.type) {
    case 'number':
      return `"${value.value}"`
    case 'text':
      return JSON.stringify(value.value)
    case 'date':
      return `"${instantText(value.value)}"`
    case 'bool':
      return value.value ? '1' : '0'
    case 'list':
      return JSON.stringify(value.value)
  }
}

/** The same as plain text, for the JSON column of what has no column: readers take it as text. */
export function looseText(value: StoredValue): string {
  switch (value.type) {
    case 'number':
    case 'text':
      return JSON.stringify(value.value)
    case 'date':
      return `"${instantText(value.value)}"`
    case 'bool':
      return value.value ? '"true"' : '"false"'
    case 'list':
      return JSON.stringify(value.value)
  }
}

/** One table's rows of a batch, as they will be sent. */
export interface TableBody {
  readonly target: string
  readonly columns: readonly string[]
  readonly n: number
  /** UTF-8, one row a line. */
  readonly text: Buffer
}

const FIRST_BYTES = 16 * 1024

/** Gathers rows of one table as the bytes that are sent, so that a row can be let go at once. */
export class RowWriter {
  private readonly columns: Set<string>
  private text: TextBuffer | undefined
  private count = 0

  constructor(
    readonly target: string,
    columns: readonly string[],
  ) {
    this.columns = new Set(columns)
  }

  /** `row` is one JSON object without line breaks. */
  add(row: string): void {
    this.text ??= new TextBuffer(FIRST_BYTES)
    this.text.append(row)
    this.text.append('\n')
    this.count += 1
  }

  /** Names a column beyond the fixed ones. */
  uses(column: string): void {
    this.columns.add(column)
  }

  get size(): number {
    return this.count
  }

  /** undefined = no rows. */
  finish(): TableBody | undefined {
    if (this.text === undefined) return undefined
    return { target: this.target, columns: [...this.columns], n: this.count, text: this.text.content() }
  }
}
