import type { PropertyType } from '@tagtree/core/catalog/catalog'
import { plainColumnType } from './typed-columns.js'

/** Whose values a column holds: events (p), the lines of an order (i), items of a catalogue (c). */
export type ColumnSpace = 'p' | 'i' | 'c'

/** A value that wants a column. */
export interface ColumnWish {
  readonly space: ColumnSpace
  readonly name: string
  readonly type: PropertyType
  /** Text that hardly repeats or is long: a plain column instead of a dictionary one. */
  readonly diverse?: boolean | undefined
}

/** Hands out the columns of a table: one per (space, name, type), shared by all events or catalogues that use it. */
export class ColumnBook {
  /** New columns with their types. */
  readonly added = new Map<string, string>()
  private readonly shared = new Map<string, string>()
  private readonly taken = new Set<string>()

  constructor(
    stored: readonly (ColumnWish & { readonly column: string | null })[],
    private readonly existing: ReadonlyMap<string, string>,
    private readonly most: number,
  ) {
    for (const property of stored) {
      if (property.column === null) continue
      this.shared.set(shareKey(property), property.column)
      this.taken.add(property.column)
    }
  }

  /** null = all columns are used up, or lines cannot hold the type. */
  columnFor(wish: ColumnWish): string | null {
    const isLine = wish.space === 'i'
    if (isLine && wish.type === 'list') return null
    const shared = this.shared.get(shareKey(wish))
    if (shared !== undefined) return shared
    if (this.taken.size >= this.most) return null
    const plain = plainColumnType(wish.type, wish.diverse ?? false)
    const type = isLine ? `Array(${plain})` : plain
    const column = this.freeName(wish, type)
    // Also where a row does not give it, a line column has one element per line: all of them can be joined.
    const filled = isLine ? ` DEFAULT arrayResize(CAST([] AS ${type}), items_count)` : ''
    this.shared.set(shareKey(wish), column)
    this.taken.add(column)
    if (!this.existing.has(column)) this.added.set(column, `${type}${filled}`)
    if (wish.type === 'list') this.added.set(`${column}__known`, 'UInt8')
    return column
  }

  private freeName({ space, name, type }: ColumnWish, columnType: string): string {
    const readable = /^[a-z][a-z0-9_.]{0,40}$/.test(name) && !name.endsWith('__known')
    const base = name.replaceAll('.', '__')
    const candidates = readable ? [`${space}_${base}`, `${space}_${base}__${storageOf(type)}`] : []
    for (let number = this.taken.size + 1; ; number++) {
      const column = candidates.shift() ?? `${space}_${number}`
      const left = this.existing.get(column)
      if (!this.taken.has(column) && (left === undefined || left === columnType)) return column
    }
  }
}

function shareKey({ space, name, type }: ColumnWish): string {
  return `${space}\0${storageOf(type)}\0${name}`
}

/** number and money share their storage. */
export function storageOf(type: PropertyType): PropertyType {
  return type === 'money' ? 'number' : type
}
