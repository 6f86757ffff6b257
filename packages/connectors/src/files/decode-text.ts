import type { TextEncoding } from './encoding.js'

/** Stands where bytes could not be decoded; a noncharacter, so no text holds it by itself. */
export const UNDECODABLE = '\uffff'

/** Bytes without a line end after which a piece is decoded anyway, so that one endless line cannot fill the memory. */
const MAX_PENDING_BYTES = 2 * 1024 * 1024

/**
 * Turns the bytes of a file into blocks of text that end at line ends (but for endless lines). Undecodable bytes become
 * `UNDECODABLE` in their own line only.
 */
export async function* decodeText(
  chunks: AsyncIterable<Buffer>,
  encoding: TextEncoding,
): AsyncGenerator<string, void, undefined> {
  const decode = makeDecoder(encoding.label)
  const width = encoding.label.startsWith('utf-16') ? 2 : 1
  const lineFeed = encoding.label === 'utf-16be' ? 1 : 0
  let pending: Buffer = Buffer.alloc(0)
  let skip = encoding.bomBytes
  for await (const chunk of chunks) {
    let fresh = chunk
    if (skip > 0) {
      const skipped = Math.min(skip, fresh.length)
      skip -= skipped
      fresh = fresh.subarray(skipped)
    }
    pending = pending.length === 0 ? fresh : Buffer.concat([pending, fresh])
    const cut =
      endOfLastLine(pending, width, lineFeed) ?? (pending.length > MAX_PENDING_BYTES ? evenLength(pending, width) : 0)
    if (cut === 0) continue
    yield decode(pending.subarray(0, cut))
    pending = pending.subarray(cut)
  }
  if (pending.length > 0) yield decode(pending)
}

function evenLength(bytes: Buffer, width: number): number {
  return bytes.length - (bytes.length % width)
}

/** Where the last whole line ends, or null. The line feed byte is never part of another character (UTF-8, GB18030 …). */
function endOfLastLine(bytes: Buffer, width: number, lineFeedAt: number): number | null {
  if (width === 1) {
    const at = bytes.lastIndexOf(0x0a)
    return at === -1 ? null : at + 1
  }
  for (let at = bytes.length - 1; at >= 0; at--) {
    at = bytes.lastIndexOf(0x0a, at)
    if (at === -1) return null
    const start = at - lineFeedAt
    if (start % 2 === 0 && bytes[lineFeedAt === 0 ? at + 1 : at - 1] === 0) return start + 2
  }
  return null
}

function makeDecoder(label: string): (bytes: Buffer) => string {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: true })
  const lenient = new TextDecoder(label, { ignoreBOM: true })
  const decodeLine = (bytes: Buffer): string => {
    try {
      return strict.decode(bytes)
    } catch {
      return lenient.decode(bytes).replaceAll('\ufffd', UNDECODABLE)
    }
  }
  return (bytes) => {
    try {
      return strict.decode(bytes)
    } catch {
      if (label.startsWith('utf-16')) return decodeLine(bytes)
    }
    const lines: string[] = []
    let start = 0
    while (start < bytes.length) {
      const end = bytes.indexOf(0x0a, start)
      const stop = end === -1 ? bytes.length : end + 1
      lines.push(decodeLine(bytes.subarray(start, stop)))
      start = stop
    }
    return lines.join('')
  }
}
