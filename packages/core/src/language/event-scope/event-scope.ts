import type { Field, Id, InstantText, Value, Window } from '../document.js'

/**
 * A value in memory. The JavaScript type says the language type: bigint = number or money (scaled decimal of
 * kernel/decimal.ts), number = date (instant in ms UTC), string = text, boolean = bool, array = list; null = missing.
 */
export type EventScopeScalar = bigint | number | string | boolean
export type EventScopeValue = EventScopeScalar | readonly EventScopeScalar[] | null

/** Where an event value or a test of one event finds what it names. Missing things are null, never undefined. */
export interface EventScope {
  /** A property of the event (or of the order line, or of the imported row) by its dotted name. */
  prop(name: string): EventScopeValue
  /** A part of the event's moment in the workspace's zone. */
  clock(field: Field): EventScopeValue
  /** Codes from lowest to highest, when the texts of the row are those of an ordered tag; absent or null = plain texts. */
  readonly ranks?: readonly string[] | null
  /** The right side of an operator when it speaks of the subject or names a list. */
  operand(value: Value | { list: Id }): EventScopeValue
  /** The instant a date literal means (a local day starts at local midnight); null when it is no date. */
  instant(text: InstantText): number | null
  /** Half-open bounds of a window, null when its anchor is missing. */
  window(window: Window): { readonly from: number; readonly to: number } | null
  /** Whether the yearly return of `instant` falls into the window; null when the window is missing. */
  anniversary(instant: number, window: Window): boolean | null
}

/** Kleene's "and" over three values; an empty list is true. */
export function allOf(parts: Iterable<boolean | null>): boolean | null {
  let result: boolean | null = true
  for (const part of parts) {
    if (part === false) return false
    if (part === null) result = null
  }
  return result
}

/** Kleene's "or" over three values; an empty list is false. */
export function anyOf(parts: Iterable<boolean | null>): boolean | null {
  let result: boolean | null = false
  for (const part of parts) {
    if (part === true) return true
    if (part === null) result = null
  }
  return result
}

/** Kleene's "not". */
export const notOf = (value: boolean | null): boolean | null => (value === null ? null : !value)
