import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { AppError } from '@tagtree/core/kernel/app-error'

/** One file inside of a zip archive, as its central directory describes it. */
export interface ZipEntry {
  readonly name: string
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly compressedBytes: number
  readonly unpackedBytes: number
  readonly headerOffset: number
}

/** What all parts of a workbook may unpack to together. Excel's largest sheets stay below. */
export const MAX_UNPACKED_BYTES = 4 * 1024 * 1024 * 1024
/** Sheets pack 10 to 50 times smaller; what packs better than this is a bomb. */
const MAX_RATIO = 300
const RATIO_FROM_BYTES = 64 * 1024 * 1024
const MAX_ENTRIES = 10_000
const PIECE_BYTES = 128 * 1024

/**
 * Reads the central directory of a zip archive and refuses bombs before anything is unpacked.
 * @throws AppError FILE_DAMAGED | FILE_UNPACKS_TOO_LARGE
 */
export async function readZipDirectory(file: FileHandle): Promise<ReadonlyMap<string, ZipEntry>> {
  const { size } = await file.stat()
  const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557))
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end === -1 || end + 22 > tail.length) throw damaged('its directory is missing, the file was cut off')
  let entries = tail.readUInt16LE(end + 10)
  let length = tail.readUInt32LE(end + 12)
  let offset = tail.readUInt32LE(end + 16)
  if (entries === 0xffff || length === 0xffffffff || offset === 0xffffffff) {
    const locator = end - 20
    if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) throw damaged('its directory is unreadable')
    const wide = await readAt(file, Number(tail.readBigUInt64LE(locator + 8)), 56)
    if (wide.length < 56 || wide.readUInt32LE(0) !== 0x06064b50) throw damaged('its directory is unreadable')
    entries = Number(wide.readBigUInt64LE(32))
    length = Number(wide.readBigUInt64LE(40))
    offset = Number(wide.readBigUInt64LE(48))
  }
  if (entries > MAX_ENTRIES || length > 16 * 1024 * 1024 || offset + length > size)
    throw damaged('its directory is unreadable')
  const directory = await readAt(file, offset, length)
  const found = new Map<string, ZipEntry>()
  let unpacked = 0
  for (let at = 0; found.size < entries && at + 46 <= directory.length; ) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw damaged('its directory is unreadable')
    const nameLength = directory.readUInt16LE(at + 28)
    const extraLength = directory.readUInt16LE(at + 30)
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength)
    const sizes = wideSizes(directory, at, nameLength, extraLength)
    if ((directory.readUInt16LE(at + 8) & 1) === 1) throw damaged('it is protected by a password')
    found.set(name.replace(/^\//, ''), { name, method: directory.readUInt16LE(at + 10), ...sizes })
    unpacked += sizes.unpackedBytes
    const bomb = sizes.unpackedBytes > RATIO_FROM_BYTES && sizes.unpackedBytes > sizes.compressedBytes * MAX_RATIO
    if (unpacked > MAX_UNPACKED_BYTES || bomb) {
      throw new AppError('FILE_UNPACKS_TOO_LARGE', {
        words: { format: 'xlsx', size: Math.ceil(unpacked / 1048576), limit: MAX_UNPACKED_BYTES / 1048576 },
      })
    }
    at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32)
  }
  return found
}

/** Sizes and place of an entry; the extra field holds those that do not fit into 32 bits. */
function wideSizes(
  directory: Buffer,
  at: number,
  nameLength: number,
  extraLength: number,
): { compressedBytes: number; unpackedBytes: number; headerOffset: number } {
  const sizes = {
    unpackedBytes: directory.readUInt32LE(at + 24),
    compressedBytes: directory.readUInt32LE(at + 20),
    headerOffset: directory.readUInt32LE(at + 42),
  }
  const stop = Math.min(directory.length, at + 46 + nameLength + extraLength)
  for (let field = at + 46 + nameLength; field + 4 <= stop; field += 4 + directory.readUInt16LE(field + 2)) {
    if (directory.readUInt16LE(field) !== 1) continue
    let value = field + 4
    for (const name of ['unpackedBytes', 'compressedBytes', 'headerOffset'] as const) {
      if (sizes[name] !== 0xffffffff || value + 8 > stop) continue
      sizes[name] = Number(directory.readBigUInt64LE(value))
      value += 8
    }
  }
  return sizes
}

/**
 * The unpacked bytes of one entry; `onPacked` hears how many packed bytes were taken. Ends with an error when it unpacks to
 * more than its directory said.
 * @throws AppError FILE_DAMAGED
 */
export async function* unpackEntry(
  file: FileHandle,
  entry: ZipEntry,
  onPacked: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer, void, undefined> {
  const header = await readAt(file, entry.headerOffset, 30)
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw damaged(`its part ${entry.name} is missing`)
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  if (entry.compressedBytes === 0) return
  let taken = 0
  const packed = async function* (): AsyncGenerator<Buffer> {
    while (taken < entry.compressedBytes) {
      const piece = await readAt(file, start + taken, Math.min(PIECE_BYTES, entry.compressedBytes - taken))
      if (piece.length === 0) throw damaged(`its part ${entry.name} was cut off`)
      taken += piece.length
      onPacked(taken)
      yield piece
    }
  }
  if (entry.method === 0) {
    yield* packed()
    return
  }
  if (entry.method !== 8) throw damaged(`its part ${entry.name} is packed in an unknown way`)
  const source = Readable.from(packed(), { objectMode: false })
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES })
  source.on('error', (error) => inflate.destroy(error))
  source.pipe(inflate)
  let unpacked = 0
  try {
    for await (const chunk of inflate) {
      unpacked += (chunk as Buffer).length
      if (unpacked > entry.unpackedBytes) throw damaged(`its part ${entry.name} is larger than its directory says`)
      yield chunk as Buffer
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw damaged(`its part ${entry.name} cannot be unpacked`)
  } finally {
    source.destroy()
    inflate.destroy()
  }
}

function damaged(detail: string): AppError {
  return new AppError('FILE_DAMAGED', { words: { format: 'xlsx', detail } })
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}
