import type { Zone } from '../../kernel/zone.js'
import { parseInstant } from '../../kernel/zone.js'
import type { EventScope, EventScopeValue } from '../../language/event-scope/event-scope.js'
import type { RawValue } from '../incoming.js'
import type { RowReason } from '../reasons.js'
import { type CellFault, type CellReader, makeCellReader } from './cells/read-cell.js'
import { columnReading } from './expression-type.js'
import type { Mapping } from './mapping.js'

/** One row while it is mapped: its cells as values. One object is used for all rows of an import. */
export interface RowScope extends EventScope {
  readonly rowNumber: number
  /** Local clock readings of the file as instants. */
  readonly toInstant: (localMs: number) => number
  /** Reads the cells of the next row; answers why the row cannot be used, or nothing. */
  load(row: { readonly number: number; readonly values: Readonly<Record<string, RawValue>> }): RowReason[]
  /** The row in one canonical text: its used cells as values, so that the same row in another format is the same text. */
  canonical(): string
}

/** Makes the scope of a mapping's rows. */
export function makeRowScope(mapping: Mapping, zone: Zone, toInstant: (localMs: number) => number): RowScope {
  const columns = Object.keys(mapping.columns).sort()
  const readers: CellReader[] = columns.map((column) => makeCellReader(columnReading(mapping, column)!, toInstant))
  const places = new Map(columns.map((column, at) => [column, at]))
  const cells: EventScopeValue[] = columns.map(() => null)
  let rowNumber = 0
  return {
    get rowNumber() {
      return rowNumber
    },
    toInstant,
    load: (row) => {
      rowNumber = row.number
      const reasons: RowReason[] = []
      for (let at = 0; at < columns.length; at++) {
        const column = columns[at]!
        const cell = Object.hasOwn(row.values, column) ? row.values[column]! : null
        const value = readers[at]!(cell)
        if (isFault(value)) {
          cells[at] = null
          reasons.push({ code: value.fault, words: wordsOf(mapping, column) })
        } else {
          cells[at] = value
        }
      }
      return reasons
    },
    canonical: () => {
      let text = ''
      for (const cell of cells) text += `${canonicalCell(cell)}\u001f`
      return text
    },
    prop: (name) => {
      const at = places.get(name)
      return at === undefined ? null : cells[at]!
    },
    // What follows has no meaning for a row; `checkMapping` refuses mappings that use it.
    clock: () => null,
    operand: () => null,
    instant: (text) => parseInstant(zone, text),
    window: () => null,
    anniversary: () => null,
  }
}

function isFault(value: EventScopeValue | CellFault): value is CellFault {
  return typeof value === 'object' && value !== null && 'fault' in value
}

function wordsOf(mapping: Mapping, column: string): Record<string, string | number> {
  const format = columnReading(mapping, column)?.format ?? 'yyyy-MM-dd HH:mm:ss'
  return { column, format, limit: 65_536 }
}

/** Lengths keep neighbouring texts apart. */
function canonicalCell(cell: EventScopeValue): string {
  switch (typeof cell) {
    case 'string':
      return `${cell.length}:${cell}`
    case 'bigint':
      return `n${cell}`
    case 'number':
      return `d${cell}`
    case 'boolean':
      return cell ? 't' : 'f'
    default:
      return cell === null ? '' : `[${(cell as readonly EventScopeValue[]).map(canonicalCell).join(',')}]`
  }
}
