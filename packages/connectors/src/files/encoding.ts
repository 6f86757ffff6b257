import { AppError } from '@tagtree/core/kernel/app-error'
import chardet from 'chardet'

/** How the bytes of a text file become characters. */
export interface TextEncoding {
  /** Label that TextDecoder knows: utf-8, utf-16le, gb18030 … */
  readonly label: string
  /** Bytes of the byte order mark at the start. */
  readonly bomBytes: number
}

/** Double-byte encodings whose text is often valid GB18030 by accident; they win only when chardet is sure. */
const OTHER_DOUBLE_BYTE: Readonly<Record<string, string>> = {
  Big5: 'big5',
  Shift_JIS: 'shift_jis',
  'EUC-JP': 'euc-jp',
  'EUC-KR': 'euc-kr',
}
const SINGLE_BYTE: Readonly<Record<string, string>> = {
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-9': 'windows-1254',
}

/**
 * Detects the encoding of a text file from its first bytes: byte order mark, UTF-16 by its zero bytes, strict UTF-8,
 * GB18030 by its structure, then chardet. A file whose non-ASCII lines are mostly valid UTF-8 is UTF-8 with broken rows.
 */
export function detectEncoding(head: Buffer): TextEncoding {
  if (head.length >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { label: 'utf-8', bomBytes: 3 }
  if (head.length >= 2 && head[0] === 0xff && head[1] === 0xfe) return { label: 'utf-16le', bomBytes: 2 }
  if (head.length >= 2 && head[0] === 0xfe && head[1] === 0xff) return { label: 'utf-16be', bomBytes: 2 }
  const wide = detectUtf16(head)
  if (wide !== null) return { label: wide, bomBytes: 0 }
  const lines = linesWithHighBytes(head)
  if (lines.length === 0) return { label: 'utf-8', bomBytes: 0 }
  const validUtf8 = lines.filter((line) => isValid(line, 'utf-8')).length
  if (validUtf8 * 2 >= lines.length) return { label: 'utf-8', bomBytes: 0 }
  const guesses = chardet.analyse(Buffer.concat(lines.slice(0, 2000)))
  const confidenceOf = (name: string): number => guesses.find((guess) => guess.name === name)?.confidence ?? 0
  const best = guesses[0]
  const other = best === undefined ? undefined : OTHER_DOUBLE_BYTE[best.name]
  if (other !== undefined && best !== undefined && best.confidence >= confidenceOf('GB18030') + 20) {
    return { label: other, bomBytes: 0 }
  }
  const validGb = lines.filter((line) => isValid(line, 'gb18030')).length
  if (validGb * 10 >= lines.length * 9) return { label: 'gb18030', bomBytes: 0 }
  // JSON is UTF-8 by its standard: invalid bytes in it are broken rows, not another alphabet.
  if (/^\s*[[{]/.test(head.subarray(0, 200).toString('latin1'))) return { label: 'utf-8', bomBytes: 0 }
  const label = best === undefined ? 'windows-1252' : (SINGLE_BYTE[best.name] ?? best.name.toLowerCase())
  return { label: isKnownEncoding(label) ? label : 'windows-1252', bomBytes: 0 }
}

/**
 * The encoding a user named, for a file with this head.
 * @throws AppError FILE_ENCODING_UNKNOWN
 */
export function namedEncoding(name: string, head: Buffer): TextEncoding {
  const label = name.trim().toLowerCase() === 'gbk' ? 'gb18030' : name.trim().toLowerCase()
  if (!isKnownEncoding(label)) throw new AppError('FILE_ENCODING_UNKNOWN', { words: { encoding: name.slice(0, 40) } })
  const decoder = new TextDecoder(label)
  const detected = detectEncoding(head.subarray(0, 4))
  return { label: decoder.encoding, bomBytes: detected.label === decoder.encoding ? detected.bomBytes : 0 }
}

function isKnownEncoding(label: string): boolean {
  try {
    new TextDecoder(label)
    return true
  } catch {
    return false
  }
}

/** Text of single-byte letters in UTF-16 has a zero in every second byte. */
function detectUtf16(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  const pairs = Math.floor(Math.min(head.length, 4096) / 2)
  if (pairs < 2) return null
  let evenZeros = 0
  let oddZeros = 0
  for (let at = 0; at < pairs; at++) {
    if (head[2 * at] === 0) evenZeros++
    if (head[2 * at + 1] === 0) oddZeros++
  }
  if (oddZeros > pairs * 0.2 && evenZeros < pairs * 0.02) return 'utf-16le'
  if (evenZeros > pairs * 0.2 && oddZeros < pairs * 0.02) return 'utf-16be'
  return null
}

/** The lines of the head that are not plain ASCII; the last one may be cut and is left out unless it is the only one. */
function linesWithHighBytes(head: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let start = 0
  while (start < head.length && lines.length < 20_000) {
    const end = head.indexOf(0x0a, start)
    const line = head.subarray(start, end === -1 ? head.length : end)
    const cut = end === -1 && start > 0
    if (!cut && line.some((byte) => byte >= 0x80)) lines.push(line)
    if (end === -1) break
    start = end + 1
  }
  return lines
}

function isValid(bytes: Buffer, label: string): boolean {
  try {
    new TextDecoder(label, { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
