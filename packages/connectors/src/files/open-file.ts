import { createWriteStream } from 'node:fs'
import { mkdtemp, open as openHandle, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@tagtree/core/kernel/app-error'
import { openBytes, readHead } from './byte-source.js'
import { type DelimitedLayout, findLayout, readDelimited } from './delimited/read-delimited.js'
import { detectEncoding, namedEncoding, type TextEncoding } from './encoding.js'
import type { RowGroups } from './file-row.js'
import type { FileWarning } from './header.js'
import { readJsonArray } from './json/read-json-array.js'
import { readNdjson } from './json/read-ndjson.js'
import { openParquet, readParquet } from './parquet/read-parquet.js'
import { type FileFormat, isGzip, sniffFormat } from './sniff-format.js'
import { openXlsx, readXlsx } from './xlsx/read-xlsx.js'

/** The user's word where the file leaves a choice; everything left out is found from the content. */
export interface FileOptions {
  readonly format?: FileFormat | undefined
  readonly encoding?: string | undefined
  readonly delimiter?: string | undefined
  /** Whether the first row names the columns. */
  readonly header?: boolean | undefined
  readonly sheet?: string | undefined
}

/** A table in a file, ready to be read from its start any number of times. */
export interface TableFile {
  readonly format: FileFormat
  readonly gzip: boolean
  /** Text encoding; null for Excel and Parquet. */
  readonly encoding: string | null
  readonly delimiter: string | null
  readonly sheet: string | null
  readonly sheets: readonly string[]
  /** Names of the columns; of JSON those of the first rows. */
  readonly columns: readonly string[]
  /** Whether the first row named the columns. */
  readonly header: boolean
  readonly warnings: readonly FileWarning[]
  readonly bytes: number
  /** Number of rows where the file says it. */
  readonly totalRows: number | null
  /** Reads the rows; `wanted` spares formats that can leave columns out the others. */
  rows(wanted?: ReadonlySet<string>): RowGroups
  /** Share of the file read by the newest `rows` call, 0 to 1. */
  progress(): number
  /** Removes what was unpacked aside. */
  close(): Promise<void>
}

const HEAD_BYTES = 1024 * 1024
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024
/** JSON rows that are looked at for names of columns. */
const JSON_SAMPLE_ROWS = 500

/**
 * Opens a file of rows: finds its format by content, its encoding, delimiter, sheet and header.
 * @throws AppError FILE_EMPTY | FILE_FORMAT_UNSUPPORTED | FILE_DAMAGED | FILE_UNPACKS_TOO_LARGE | FILE_TOO_WIDE |
 *   FILE_ENCODING_UNKNOWN | SHEET_UNKNOWN
 */
export async function openFile(path: string, options: FileOptions = {}): Promise<TableFile> {
  const first = await firstBytes(path)
  const gzip = isGzip(first)
  const { head, damage } = await readHead(path, gzip, HEAD_BYTES)
  if (head.length === 0 && damage !== null) {
    throw new AppError('FILE_DAMAGED', { words: { format: 'gzip', detail: damage } })
  }
  const encoding = options.encoding === undefined ? detectEncoding(head) : namedEncoding(options.encoding, head)
  let decoded: string | undefined
  const text = (): string => {
    decoded ??= decodeHead(head, encoding)
    return decoded
  }
  const found = sniffFormat(head, text)
  const format = options.format !== undefined && found !== 'xlsx' && found !== 'parquet' ? options.format : found
  const { size } = await stat(path)
  const common = { format, gzip, bytes: size }
  if (format === 'xlsx' || format === 'parquet') {
    const plain = gzip ? await unpackAside(path) : { path, remove: async () => {} }
    try {
      const table = format === 'xlsx' ? await xlsxTable(plain.path, options, size) : await parquetTable(plain.path)
      return { ...common, ...table, encoding: null, delimiter: null, close: plain.remove }
    } catch (error) {
      await plain.remove()
      throw error
    }
  }
  let bytes: { bytesRead(): number } = { bytesRead: () => 0 }
  const fresh: Source = () => {
    const opened = openBytes(path, gzip)
    bytes = opened
    return opened
  }
  const table =
    format === 'csv' ? delimitedTable(text(), encoding, options, fresh) : await jsonTable(format, encoding, fresh)
  const progress = (): number => (size === 0 ? 1 : Math.min(1, bytes.bytesRead() / size))
  return {
    ...common,
    ...table,
    encoding: encoding.label,
    sheet: null,
    sheets: [],
    totalRows: null,
    progress,
    close: async () => {},
  }
}

type Source = () => ReturnType<typeof openBytes>

function delimitedTable(head: string, encoding: TextEncoding, options: FileOptions, fresh: Source) {
  const layout: DelimitedLayout = findLayout(head, encoding, {
    delimiter: options.delimiter ?? null,
    header: options.header ?? null,
  })
  if (layout.header.names.length === 0) throw new AppError('FILE_EMPTY')
  return {
    delimiter: layout.delimiter,
    columns: layout.header.names,
    header: layout.header.index !== -1,
    warnings: layout.header.warnings,
    rows: () => readDelimited(fresh(), layout),
  }
}

async function jsonTable(format: 'json' | 'ndjson', encoding: TextEncoding, fresh: Source) {
  const rows = (): RowGroups => (format === 'json' ? readJsonArray(fresh(), encoding) : readNdjson(fresh(), encoding))
  const columns = new Set<string>()
  let looked = 0
  for await (const group of rows()) {
    for (const row of group) if ('values' in row) for (const name of Object.keys(row.values)) columns.add(name)
    looked += group.length
    if (looked >= JSON_SAMPLE_ROWS) break
  }
  if (looked === 0) throw new AppError('FILE_EMPTY')
  return { delimiter: null, columns: [...columns], header: true, warnings: [], rows }
}

async function xlsxTable(path: string, options: FileOptions, size: number) {
  const layout = await openXlsx(path, { sheet: options.sheet ?? null, header: options.header ?? null })
  let read = 0
  return {
    sheet: layout.sheet,
    sheets: layout.sheets,
    columns: layout.header.names,
    header: layout.header.index !== -1,
    warnings: layout.header.warnings,
    totalRows: null,
    rows: () => {
      read = 0
      return readXlsx(path, layout, (packed) => {
        read = packed
      })
    },
    progress: () => Math.min(1, read / Math.max(1, size)),
  }
}

async function parquetTable(path: string) {
  const layout = await openParquet(path)
  if (layout.rows === 0 || layout.columns.names.length === 0) throw new AppError('FILE_EMPTY')
  let read = 0
  return {
    sheet: null,
    sheets: [],
    columns: layout.columns.names,
    header: true,
    warnings: [],
    totalRows: layout.rows,
    rows: (wanted?: ReadonlySet<string>) => {
      read = 0
      return readParquet(path, layout, wanted ?? null, (rows) => {
        read = rows
      })
    },
    progress: () => read / layout.rows,
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await openHandle(path)
  try {
    const buffer = Buffer.alloc(16)
    const { bytesRead } = await handle.read(buffer, 0, 16, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The beginning as text; a character cut by the limit is left out with its line. */
function decodeHead(head: Buffer, encoding: TextEncoding): string {
  const whole = new TextDecoder(encoding.label, { ignoreBOM: true }).decode(head.subarray(encoding.bomBytes))
  const lastLine = whole.lastIndexOf('\n')
  return head.length === HEAD_BYTES && lastLine > 0 ? whole.slice(0, lastLine + 1) : whole
}

/** Formats that are read from their end cannot be streamed out of gzip: they are unpacked beside it. */
async function unpackAside(path: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(dirname(path), '.unpack-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const bytes = openBytes(path, true)
  const limited = async function* (): AsyncGenerator<Buffer> {
    let size = 0
    for await (const chunk of bytes.chunks()) {
      size += chunk.length
      if (size > MAX_UNPACKED_BYTES) {
        const words = { format: 'gzip', size: Math.ceil(size / 1048576), limit: MAX_UNPACKED_BYTES / 1048576 }
        throw new AppError('FILE_UNPACKS_TOO_LARGE', { words })
      }
      yield chunk
    }
  }
  const target = join(folder, 'unpacked')
  try {
    await pipeline(limited, createWriteStream(target))
  } catch (error) {
    await remove()
    throw error
  }
  const damage = bytes.damage()
  if (damage !== null) {
    await remove()
    throw new AppError('FILE_DAMAGED', { words: { format: 'gzip', detail: damage } })
  }
  return { path: target, remove }
}
