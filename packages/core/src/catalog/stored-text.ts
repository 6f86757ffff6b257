/** Text up to this length is an enumeration or a key and is made canonical; longer text is prose and kept as sent. */
export const CANONICAL_LENGTH = 200
/** Longer text is refused. */
export const MAX_TEXT_LENGTH = 65_536

/**
 * The stored form of a text: NFKC and trimmed up to `CANONICAL_LENGTH` characters, as sent beyond. Half surrogates become
 * U+FFFD, because they have no UTF-8. null = too long.
 */
export function storedText(text: string): string | null {
  if (text.length > MAX_TEXT_LENGTH) return null
  if (isPlain(text)) return text
  const whole = text.replace(/\p{Surrogate}/gu, '\ufffd')
  return text.length > CANONICAL_LENGTH ? whole : whole.normalize('NFKC').trim()
}

/** ASCII without control characters and without blanks at the ends: already canonical. */
function isPlain(text: string): boolean {
  const last = text.length - 1
  for (let i = 0; i <= last; i++) {
    const code = text.charCodeAt(i)
    if (code > 126 || code < 32) return false
  }
  return last < 0 || (text.charCodeAt(0) !== 32 && text.charCodeAt(last) !== 32)
}
