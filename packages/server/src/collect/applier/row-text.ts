import type { StoredValue } from '@tagtree/core/catalog/coerce'
import { instantText } from '@tagtree/core/catalog/stored-date'

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
  readonly text: string
}

/** Gathers rows of one table. */
export class RowWriter {
  private readonly columns: Set<string>
  private readonly rows: string[] = []

  constructor(
    readonly target: string,
    columns: readonly string[],
  ) {
    this.columns = new Set(columns)
  }

  /** `row` is one JSON object without line breaks. */
  add(row: string): void {
    this.rows.push(row)
  }

  /** Names a column beyond the fixed ones. */
  uses(column: string): void {
    this.columns.add(column)
  }

  get size(): number {
    return this.rows.length
  }

  /** undefined = no rows. */
  finish(): TableBody | undefined {
    if (this.rows.length === 0) return undefined
    return { target: this.target, columns: [...this.columns], n: this.rows.length, text: `${this.rows.join('\n')}\n` }
  }
}
