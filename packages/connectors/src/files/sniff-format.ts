import { AppError } from '@tagtree/core/kernel/app-error'

export const FILE_FORMATS = ['csv', 'xlsx', 'json', 'ndjson', 'parquet'] as const
/** Formats of tables; csv stands for all delimited text. */
export type FileFormat = (typeof FILE_FORMATS)[number]

/** Whether the bytes are gzip. */
export function isGzip(head: Buffer): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b
}

/** What files that are no tables look like: first bytes, and what to call them. */
const FOREIGN: readonly (readonly [signature: string, name: string])[] = [
  ['25504446', 'a PDF document'],
  ['d0cf11e0a1b11ae1', 'an old Excel workbook (.xls) or one protected by a password'],
  ['89504e47', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['47494638', 'a GIF image'],
  ['377abcaf271c', 'a 7z archive'],
  ['526172211a07', 'a RAR archive'],
  ['425a68', 'a bzip2 archive'],
  ['fd377a585a00', 'an xz archive'],
  ['28b52ffd', 'a Zstandard archive'],
  ['4f626a01', 'an Avro file'],
  ['4f5243', 'an ORC file'],
  ['53514c69746520666f726d6174203300', 'an SQLite database'],
  ['7f454c46', 'a program'],
  ['4d5a90', 'a program'],
]

/**
 * Tells the format from the first bytes, never from the name. Text is JSON when it begins with a bracket, else delimited.
 * `text` decodes the beginning; it is called for text only.
 * @throws AppError FILE_EMPTY | FILE_FORMAT_UNSUPPORTED
 */
export function sniffFormat(head: Buffer, text: () => string): FileFormat {
  if (head.length === 0) throw new AppError('FILE_EMPTY')
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet'
  if (head.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return 'xlsx'
  const hex = head.subarray(0, 16).toString('hex')
  const foreign = FOREIGN.find(([signature]) => hex.startsWith(signature))
  if (foreign !== undefined) throw unsupported(foreign[1])
  const beginning = text()
    .replace(/^\ufeff/, '')
    .trimStart()
  if (beginning === '') throw new AppError('FILE_EMPTY')
  if (/^<(!doctype html|html|\?xml|table)/i.test(beginning)) throw unsupported('an HTML or XML document')
  if (/^\{\\rtf/.test(beginning)) throw unsupported('an RTF document')
  if (looksBinary(beginning)) throw unsupported('no text and no known table format')
  if (beginning.startsWith('[')) return 'json'
  if (beginning.startsWith('{')) return isJsonLine(beginning) ? 'ndjson' : 'json'
  return 'csv'
}

function unsupported(found: string): AppError {
  return new AppError('FILE_FORMAT_UNSUPPORTED', { words: { found } })
}

/** Control characters that no table has. */
function looksBinary(text: string): boolean {
  let strange = 0
  let undecodable = 0
  const looked = Math.min(text.length, 4_096)
  for (let at = 0; at < looked; at++) {
    const code = text.charCodeAt(at)
    if (code === 0) return true
    if (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12) strange++
    else if (code === 0xffff || code === 0xfffd) undecodable++
  }
  return strange > looked * 0.1 || undecodable > looked * 0.3
}

/** Whether the first line is a whole JSON object (NDJSON) rather than the beginning of a longer document. */
function isJsonLine(beginning: string): boolean {
  const line = beginning.split('\n', 1)[0]!.trim()
  try {
    JSON.parse(line)
    return true
  } catch {
    // A first line that is broken, or longer than the beginning: the second line or the shape decides.
    const second = beginning.slice(beginning.indexOf('\n') + 1).trimStart()
    return line.length > 1 && !/[[{,]\s*$/.test(line) && (second === '' || second.startsWith('{'))
  }
}
