import type { RawValue } from '@tagtree/core/collect/incoming'
import type { FileMetaData, SchemaElement } from 'hyparquet'

/** Turns what the decoder gives for one cell into a raw value without losing digits. */
export type CellReader = (cell: unknown) => RawValue

/** A file's metadata with the types taken away that the decoder would round, and a reader per top-level column for them. */
export interface ExactColumns {
  readonly metadata: FileMetaData
  readonly names: readonly string[]
  readonly readers: ReadonlyMap<string, CellReader>
}

/**
 * The decoder turns decimals into floats, and local timestamps into instants. For plain top-level columns it is given the
 * physical type alone, and the value is made here, exactly: decimals from integers, timestamps as text with `Z` when they are
 * instants and without it when they are clock readings.
 */
export function exactColumns(metadata: FileMetaData): ExactColumns {
  const root = metadata.schema[0]
  const names: string[] = []
  const readers = new Map<string, CellReader>()
  const schema: SchemaElement[] = root === undefined ? [] : [root]
  let at = 1
  for (let child = 0; child < (root?.num_children ?? 0) && at < metadata.schema.length; child++) {
    const element = metadata.schema[at]!
    const width = widthOf(metadata.schema, at)
    names.push(element.name)
    const reader = width === 1 && element.repetition_type !== 'REPEATED' ? exactReader(element) : null
    readers.set(element.name, reader ?? plainCell)
    if (reader === null) {
      schema.push(...metadata.schema.slice(at, at + width))
    } else {
      const { converted_type: _converted, logical_type: _logical, ...physical } = element
      schema.push(physical)
    }
    at += width
  }
  return { metadata: { ...metadata, schema }, names, readers }
}

/** Elements that belong to the subtree at a place of the flattened schema. */
function widthOf(schema: readonly SchemaElement[], at: number): number {
  let width = 1
  for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) width += widthOf(schema, at + width)
  return width
}

function exactReader(element: SchemaElement): CellReader | null {
  const logical = element.logical_type
  if (element.converted_type === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const scale = element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0)
    return (cell) => decimalCell(cell, scale)
  }
  if (logical?.type === 'TIMESTAMP') {
    const perMs = logical.unit === 'NANOS' ? 1_000_000n : logical.unit === 'MICROS' ? 1_000n : 1n
    const zone = logical.isAdjustedToUTC ? 'Z' : ''
    return (cell) => (typeof cell === 'bigint' ? timeText(floorDivide(cell, perMs), zone) : null)
  }
  if (element.converted_type === 'TIMESTAMP_MILLIS') {
    return (cell) => (typeof cell === 'bigint' ? timeText(cell, 'Z') : null)
  }
  if (element.converted_type === 'TIMESTAMP_MICROS') {
    return (cell) => (typeof cell === 'bigint' ? timeText(floorDivide(cell, 1000n), 'Z') : null)
  }
  if (element.type === 'FLOAT') return (cell) => (typeof cell === 'number' ? shortestFloat32(cell) : plainCell(cell))
  return null
}

function decimalCell(cell: unknown, scale: number): RawValue {
  const unscaled =
    typeof cell === 'bigint'
      ? cell
      : typeof cell === 'number'
        ? BigInt(cell)
        : cell instanceof Uint8Array
          ? signed(cell)
          : null
  if (unscaled === null) return null
  const size = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const text = `${unscaled < 0n ? '-' : ''}${size.slice(0, size.length - scale)}${scale > 0 ? `.${size.slice(-scale)}` : ''}`
  return size.length <= 15 ? Number(text) : text
}

/** Two's complement, most significant byte first. */
function signed(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return bytes.length > 0 && bytes[0]! >= 0x80 ? value - (1n << BigInt(8 * bytes.length)) : value
}

function floorDivide(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by)
}

function timeText(ms: bigint, zone: string): RawValue {
  const instant = new Date(Number(ms))
  if (Number.isNaN(instant.getTime())) return null
  return instant.toISOString().replace('Z', zone)
}

/** The shortest decimal that is this 32-bit float: 2.55, not 2.549999952316284. */
function shortestFloat32(cell: number): RawValue {
  if (!Number.isFinite(cell)) return Number.isNaN(cell) ? null : String(cell)
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(cell.toPrecision(digits))
    if (Math.fround(short) === cell) return short
  }
  return cell
}

/** Any other cell: 64-bit integers beyond what a float holds become text, bytes become text, dates stay dates. */
function plainCell(cell: unknown): RawValue {
  switch (typeof cell) {
    case 'string':
      return cell === '' ? null : cell
    case 'number':
      return Number.isFinite(cell) ? cell : Number.isNaN(cell) ? null : String(cell)
    case 'boolean':
      return cell
    case 'bigint':
      return cell >= BigInt(Number.MIN_SAFE_INTEGER) && cell <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(cell)
        : cell.toString()
    case 'object':
      break
    default:
      return null
  }
  if (cell === null) return null
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : dateCell(cell)
  if (cell instanceof Uint8Array) return bytesCell(cell)
  if (Array.isArray(cell) || ArrayBuffer.isView(cell)) return Array.from(cell as Iterable<unknown>, plainCell)
  const inner: Record<string, RawValue> = {}
  for (const [key, value] of Object.entries(cell)) if (key !== '__proto__') inner[key] = plainCell(value)
  return inner
}

/** Days arrive as midnight UTC, instants as what they are. */
function dateCell(date: Date): RawValue {
  const text = date.toISOString()
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text
}

/** Columns without a type note hold bytes: text when they are UTF-8, else hexadecimal. */
function bytesCell(bytes: Uint8Array): RawValue {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes) || null
  } catch {
    return Buffer.from(bytes).toString('hex')
  }
}
