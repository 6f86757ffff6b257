/**
 * 64 bits of MurmurHash3 (x86, 128 bits) over the UTF-16 units of a text: for keys of file rows, where equal rows must
 * meet and millions of different ones must not. Not for secrets: somebody who writes both texts can make them collide.
 */
export interface Hash64 {
  /** The upper and lower 32 bits, signed. */
  readonly high: number
  readonly low: number
}

const C1 = 0x239b961b
const C2 = 0xab0e9789
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93

/** Hashes a text; `seed` separates kinds of keys. @see A. Appleby, MurmurHash3.cpp, MurmurHash3_x86_128 (public domain) */
export function hash64(text: string, seed = 0): Hash64 {
  let h1 = seed | 0
  let h2 = seed | 0
  let h3 = seed | 0
  let h4 = seed | 0
  const length = text.length
  let at = 0
  for (; at + 8 <= length; at += 8) {
    h1 ^= Math.imul(rotate(Math.imul(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16), C1), 15), C2)
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0
    h2 ^= Math.imul(rotate(Math.imul(text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16), C2), 16), C3)
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0
    h3 ^= Math.imul(rotate(Math.imul(text.charCodeAt(at + 4) | (text.charCodeAt(at + 5) << 16), C3), 17), C4)
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0
    h4 ^= Math.imul(rotate(Math.imul(text.charCodeAt(at + 6) | (text.charCodeAt(at + 7) << 16), C4), 18), C1)
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0
  }
  const k1 = pairAt(text, at)
  const k2 = pairAt(text, at + 2)
  const k3 = pairAt(text, at + 4)
  const k4 = pairAt(text, at + 6)
  if (at + 6 < length) h4 ^= Math.imul(rotate(Math.imul(k4, C4), 18), C1)
  if (at + 4 < length) h3 ^= Math.imul(rotate(Math.imul(k3, C3), 17), C4)
  if (at + 2 < length) h2 ^= Math.imul(rotate(Math.imul(k2, C2), 16), C3)
  if (at < length) h1 ^= Math.imul(rotate(Math.imul(k1, C1), 15), C2)
  const bytes = length * 2
  h1 ^= bytes
  h2 ^= bytes
  h3 ^= bytes
  h4 ^= bytes
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = (h2 + h1) | 0
  h3 = (h3 + h1) | 0
  h4 = (h4 + h1) | 0
  h1 = mix(h1)
  h2 = mix(h2)
  h3 = mix(h3)
  h4 = mix(h4)
  h1 = (h1 + h2 + h3 + h4) | 0
  return { high: (h2 + h1) | 0, low: h1 }
}

/** The hash as a signed decimal text: what a PostgreSQL bigint holds. */
export function hashText({ high, low }: Hash64): string {
  return ((BigInt(high) << 32n) | BigInt(low >>> 0)).toString()
}

/** Hashes a text to the signed decimal text of its 64 bits. */
export function hash64Text(text: string, seed = 0): string {
  return hashText(hash64(text, seed))
}

function pairAt(text: string, at: number): number {
  const low = at < text.length ? text.charCodeAt(at) : 0
  return at + 1 < text.length ? low | (text.charCodeAt(at + 1) << 16) : low
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

function mix(value: number): number {
  let mixed = value
  mixed ^= mixed >>> 16
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
