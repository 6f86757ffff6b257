import { open } from 'node:fs/promises'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { AppError } from '@tagtree/core/kernel/app-error'
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { brokenRow, type FileRow, GROUP_ROWS, MAX_COLUMNS, type RowGroups } from '../file-row.js'
import { type ExactColumns, exactColumns } from './exact-columns.js'

/** A Parquet file whose footer was read. */
export interface ParquetLayout {
  readonly columns: ExactColumns
  readonly rows: number
}

/** Bytes a row group of the wanted columns may unpack to; it is the piece that is held in memory. */
const MAX_GROUP_BYTES = 256 * 1024 * 1024
/** Rows of a group that are turned into objects at once. */
const WINDOW_ROWS = 20_000

/**
 * Reads the footer of a Parquet file.
 * @throws AppError FILE_DAMAGED | FILE_TOO_WIDE
 */
export async function openParquet(path: string): Promise<ParquetLayout> {
  return withBuffer(path, async (buffer) => {
    let metadata: FileMetaData
    try {
      metadata = await parquetMetadataAsync(buffer)
    } catch (error) {
      throw damaged(error)
    }
    const columns = exactColumns(metadata)
    if (columns.names.length > MAX_COLUMNS) {
      throw new AppError('FILE_TOO_WIDE', { words: { columns: columns.names.length, limit: MAX_COLUMNS } })
    }
    return { columns, rows: Number(metadata.num_rows) }
  })
}

/**
 * Reads the rows, one row group after the other; only the wanted columns are unpacked (null = all).
 * @throws AppError FILE_UNPACKS_TOO_LARGE when a row group does not fit into memory
 */
export async function* readParquet(
  path: string,
  layout: ParquetLayout,
  wanted: ReadonlySet<string> | null,
  onRows: (rows: number) => void,
): RowGroups {
  const names = layout.columns.names.filter((name) => wanted === null || wanted.has(name))
  const handle = await open(path)
  let read = 0
  try {
    const buffer = await bufferOf(handle)
    const { metadata } = layout.columns
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows)
      checkGroupSize(group, names)
      for (let from = 0; from < rows; from += WINDOW_ROWS) {
        const to = Math.min(rows, from + WINDOW_ROWS)
        const objects = await parquetReadObjects({
          file: buffer,
          metadata,
          columns: names,
          compressors,
          utf8: false,
          rowStart: read + from,
          rowEnd: read + to,
          useOffsetIndex: true,
          parsers: PARSERS,
        })
        for (let at = 0; at < objects.length; at += GROUP_ROWS) {
          const some = objects.slice(at, at + GROUP_ROWS)
          const rowsOfGroup = some.flatMap(
            (object, i) => rowOf(read + from + at + i + 1, object, names, layout.columns) ?? [],
          )
          if (rowsOfGroup.length > 0) yield rowsOfGroup
        }
        onRows(read + to)
      }
      read += rows
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    if (read === 0) throw damaged(error)
    yield [brokenRow(read + 1, 'file_cut_off', '', { detail: messageOf(error) })]
  } finally {
    await handle.close()
  }
}

function rowOf(
  number: number,
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
  columns: ExactColumns,
): FileRow | null {
  const values: Record<string, RawValue> = {}
  let empty = true
  for (const name of names) {
    const cell = columns.readers.get(name)!(object[name])
    if (cell !== null) empty = false
    values[name] = cell
  }
  return empty ? null : { number, values }
}

/** Days as text; everything else the decoder makes of typed columns is handled per cell. */
const PARSERS = {
  dateFromDays: (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10),
}

function checkGroupSize(group: FileMetaData['row_groups'][number], names: readonly string[]): void {
  let bytes = 0
  for (const column of group.columns) {
    const part = column.meta_data
    if (part !== undefined && names.includes(part.path_in_schema[0] ?? ''))
      bytes += Number(part.total_uncompressed_size)
  }
  if (bytes > MAX_GROUP_BYTES) {
    const words = { format: 'Parquet', size: Math.ceil(bytes / 1048576), limit: MAX_GROUP_BYTES / 1048576 }
    throw new AppError('FILE_UNPACKS_TOO_LARGE', { words })
  }
}

async function withBuffer<T>(path: string, work: (buffer: AsyncBuffer) => Promise<T>): Promise<T> {
  const handle = await open(path)
  try {
    return await work(await bufferOf(handle))
  } finally {
    await handle.close()
  }
}

async function bufferOf(handle: Awaited<ReturnType<typeof open>>): Promise<AsyncBuffer> {
  const { size } = await handle.stat()
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const from = start < 0 ? Math.max(0, size + start) : start
      const length = Math.max(0, Math.min(end, size) - from)
      const bytes = new Uint8Array(length)
      const { bytesRead } = await handle.read(bytes, 0, length, from)
      return bytes.buffer.slice(0, bytesRead)
    },
  }
}

function damaged(error: unknown): AppError {
  return new AppError('FILE_DAMAGED', { words: { format: 'Parquet', detail: messageOf(error) } })
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200)
}
