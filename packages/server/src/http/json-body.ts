import { isUtf8 } from 'node:buffer'
import { AppError } from '@tagtree/core/kernel/app-error'

/** Deepest nesting of a JSON body. The language of definitions needs about 30 levels. */
export const MAX_JSON_DEPTH = 64

/** Deepest nesting of a body whose items are judged one by one. */
const MAX_ITEMISED_DEPTH = 1_000

/**
 * Reads a JSON body. Keys that could reach a prototype are refused, not dropped: a sender who means them would lose data.
 * `itemised`: they and deep nesting are left to whoever judges the items.
 * @throws AppError UTF8_BROKEN | JSON_BROKEN | JSON_TOO_DEEP | KEY_FORBIDDEN
 */
export function parseJsonBody(body: Buffer, itemised = false): unknown {
  if (!isUtf8(body)) throw new AppError('UTF8_BROKEN', { words: { byte: firstBrokenByte(body) } })
  const bytes = body.subarray(body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0)
  checkDepth(bytes, itemised ? MAX_ITEMISED_DEPTH : MAX_JSON_DEPTH)
  const text = bytes.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The engine's own message quotes the body; say only where.
    throw new AppError('JSON_BROKEN', { words: { reason: reasonOf(text) } })
  }
  // Escapes can spell a key; only a text with neither word nor Latin escapes needs no walk.
  if (!itemised && /__proto__|constructor|\\u00/i.test(text)) refusePrototypeKeys(value)
  return value
}

/** Brackets outside of strings; a cheap pass over bytes before anything is built. */
function checkDepth(bytes: Buffer, limit: number): void {
  let depth = 0
  let inString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (inString) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) throw new AppError('JSON_TOO_DEEP', { words: { limit } })
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
}

/** Position (from 0) where the first character begins that is not UTF-8: first by blocks, then inside one. */
function firstBrokenByte(body: Buffer): number {
  const blockBytes = 65_536
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let block = 0
  try {
    for (; block < body.length; block += blockBytes) {
      decoder.decode(body.subarray(block, block + blockBytes), { stream: true })
    }
  } catch {
    // It is in this block, or in a character that reaches into it.
  }
  let at = Math.max(0, Math.min(block, body.length) - 3)
  while (at > 0 && (body[at]! & 0xc0) === 0x80) at--
  for (let length = 1; at < body.length; at += length) {
    const lead = body[at]!
    length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    if (at + length > body.length || !isUtf8(body.subarray(at, at + length))) return at
  }
  return body.length
}

function refusePrototypeKeys(root: unknown): void {
  const open: { value: unknown; pointer: string }[] = [{ value: root, pointer: '' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, pointer } = next
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        open.push({ value: item, pointer: `${pointer}/${index}` })
      })
      continue
    }
    for (const [key, child] of Object.entries(value)) {
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const reaches =
        key === '__proto__' ||
        (key === 'constructor' && typeof child === 'object' && child !== null && Object.hasOwn(child, 'prototype'))
      if (reaches) throw new AppError('KEY_FORBIDDEN', { pointer: at, words: { key } })
      open.push({ value: child, pointer: at })
    }
  }
}

/** Where a text stops being JSON, in words. */
function reasonOf(text: string): { zh: string; en: string } {
  const at = firstJsonFault(text)
  if (text.trim() === '') return { en: 'it is empty', zh: '内容为空' }
  if (at >= text.length) return { en: 'it ends too early', zh: '内容提前结束' }
  const before = text.slice(0, at).split('\n')
  const line = before.length
  const column = before[before.length - 1]!.length + 1
  return { en: `unexpected character at line ${line}, column ${column}`, zh: `第 ${line} 行第 ${column} 列有意外字符` }
}

const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold raw control characters.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const space = /[ \t\n\r]*/y

/** Offset of the first character that breaks the JSON grammar; the length when the text is only cut short. */
function firstJsonFault(text: string): number {
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const closers: string[] = []
  let wants: 'value' | 'key' | 'first key' | 'first value' | 'comma' = 'value'
  for (;;) {
    take(space)
    const character = text[at]
    if (character === undefined) return text.length
    if (wants === 'comma') {
      const closer = closers.at(-1)
      if (closer === undefined) return at
      if (character === ',') wants = closer === '}' ? 'key' : 'value'
      else if (character === closer) closers.pop()
      else return at
      at++
    } else if ((wants === 'first key' && character === '}') || (wants === 'first value' && character === ']')) {
      closers.pop()
      at++
      wants = 'comma'
    } else if (wants === 'key' || wants === 'first key') {
      if (!take(string)) return faultInString(text, at)
      take(space)
      if (at >= text.length) return at
      if (text[at] !== ':') return at
      at++
      wants = 'value'
    } else if (character === '{' || character === '[') {
      closers.push(character === '{' ? '}' : ']')
      wants = character === '{' ? 'first key' : 'first value'
      at++
    } else if (character === '"') {
      if (!take(string)) return faultInString(text, at)
      wants = 'comma'
    } else {
      if (!take(scalar)) return at
      wants = 'comma'
    }
  }
}

function faultInString(text: string, start: number): number {
  if (text[start] !== '"') return start
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!
    if (character === '\\') {
      if (!/^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(at + 1, at + 6))) return at
      at++
    } else if (character < ' ') return at
  }
  return text.length
}
