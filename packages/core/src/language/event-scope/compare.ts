import type { EventScopeScalar, EventScopeValue } from './event-scope.js'

/**
 * Order of two values of one type: numbers and instants by size, text by its UTF-8 bytes, false before true.
 * null = a side is missing, a list, or the types differ: the comparison is unknown.
 */
export function compareValues(left: EventScopeValue, right: EventScopeValue): -1 | 0 | 1 | null {
  if (left === null || right === null || typeof left !== typeof right || typeof left === 'object') return null
  if (left === right) return 0
  if (typeof left === 'string') return compareUtf8(left, right as string)
  return left < (right as typeof left) ? -1 : 1
}

/**
 * Order of two texts by their UTF-8 bytes, as ClickHouse orders them. JavaScript's `<` orders by UTF-16 units, which
 * puts characters above U+FFFF before U+E000.
 */
export function compareUtf8(left: string, right: string): -1 | 0 | 1 {
  const shorter = Math.min(left.length, right.length)
  for (let at = 0; at < shorter; at++) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a !== b) return surrogatesLast(a) < surrogatesLast(b) ? -1 : 1
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1
}

/** Moves surrogate halves behind U+FFFF, so that the order of UTF-16 units becomes the order of code points. */
function surrogatesLast(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit
}

/** Lower case of A to Z alone: the folding that both engines share. */
export function foldAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (part) => part.toLowerCase()) : text
}

/** Whether `text` is `parent` or lies under it in a path written with `/`. */
export function liesUnder(text: string, parent: string): boolean {
  return text === parent || (text.length > parent.length && text[parent.length] === '/' && text.startsWith(parent))
}

/** `hasAny`: one of `wanted` is in the list; unknown when a side is missing or no list. */
export function listHasAny(list: EventScopeValue, wanted: EventScopeValue): boolean | null {
  if (!isList(list) || !isList(wanted)) return null
  const held = new Set(list)
  return wanted.some((one) => held.has(one))
}

/** `hasAll`: all of `wanted` are in the list (true when none is wanted); unknown when a side is missing or no list. */
export function listHasAll(list: EventScopeValue, wanted: EventScopeValue): boolean | null {
  if (!isList(list) || !isList(wanted)) return null
  const held = new Set(list)
  return wanted.every((one) => held.has(one))
}

/** `in`: the value is one of the list; unknown when a side is missing. */
export function isOneOf(value: EventScopeValue, list: EventScopeValue): boolean | null {
  if (value === null || isList(value) || !isList(list)) return null
  return list.includes(value)
}

/** Whether the value is a list (an empty list is one, a missing list is not). */
export function isList(value: EventScopeValue): value is readonly EventScopeScalar[] {
  return typeof value === 'object' && value !== null
}
