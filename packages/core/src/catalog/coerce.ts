import type { RawValue } from '../collect/incoming.js'
import type { Instant, Zone } from '../kernel/zone.js'
import type { PropertyType } from './catalog.js'
import { storedDate } from './stored-date.js'
import { storedNumber } from './stored-number.js'
import { storedText } from './stored-text.js'

/** A value as it is stored; numbers and money are decimal text with at most four decimals. */
export type StoredValue =
  | { readonly type: 'number'; readonly value: string }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'date'; readonly value: Instant }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'list'; readonly value: readonly string[] }

/** Why a value does not fit its property. */
export type ValueFault =
  | 'not_a_number'
  | 'not_a_date'
  | 'not_a_bool'
  | 'not_a_text'
  | 'not_a_list'
  | 'text_too_long'
  | 'list_too_long'

/** The stored value, null when there is none (missing, null, empty text of another type), or why it does not fit. */
export type Coerced = StoredValue | null | ValueFault

/** Elements of a list beyond this many are refused. */
export const MAX_LIST_LENGTH = 1_000

/** Brings a raw value to the type of its property. */
export function coerceValue(raw: RawValue | undefined, type: PropertyType, zone: Zone): Coerced {
  if (raw === null || raw === undefined) return null
  switch (type) {
    case 'number':
    case 'money':
      return coerceNumber(raw)
    case 'text':
      return coerceText(raw)
    case 'date':
      return coerceDate(raw, zone)
    case 'bool':
      return coerceBool(raw)
    case 'list':
      return coerceList(raw)
  }
}

function coerceNumber(raw: RawValue): Coerced {
  if (typeof raw === 'boolean') return { type: 'number', value: raw ? '1' : '0' }
  if (typeof raw !== 'number' && typeof raw !== 'string') return 'not_a_number'
  const trimmed = typeof raw === 'string' ? raw.trim() : raw
  if (trimmed === '') return null
  const value = storedNumber(trimmed)
  return value === null ? 'not_a_number' : { type: 'number', value }
}

function coerceText(raw: RawValue): Coerced {
  if (typeof raw === 'object') return 'not_a_text'
  const value = typeof raw === 'string' ? storedText(raw) : plainText(raw!)
  return value === null ? 'text_too_long' : { type: 'text', value }
}

/** A number as text must not become `1e+21`. */
function plainText(raw: number | boolean): string {
  return typeof raw === 'number' ? (storedNumber(raw) ?? String(raw)) : String(raw)
}

function coerceDate(raw: RawValue, zone: Zone): Coerced {
  if (typeof raw !== 'number' && typeof raw !== 'string') return 'not_a_date'
  if (typeof raw === 'string' && raw.trim() === '') return null
  const value = storedDate(raw, zone)
  return value === null ? 'not_a_date' : { type: 'date', value }
}

const TRUE = new Set(['true', '1', 'yes', 'y', 't', '是', '真'])
const FALSE = new Set(['false', '0', 'no', 'n', 'f', '否', '假'])

function coerceBool(raw: RawValue): Coerced {
  if (typeof raw === 'boolean') return { type: 'bool', value: raw }
  if (raw === 0 || raw === 1) return { type: 'bool', value: raw === 1 }
  if (typeof raw !== 'string') return 'not_a_bool'
  const text = raw.trim().toLowerCase()
  if (text === '') return null
  return TRUE.has(text)
    ? { type: 'bool', value: true }
    : FALSE.has(text)
      ? { type: 'bool', value: false }
      : 'not_a_bool'
}

function coerceList(raw: RawValue): Coerced {
  const elements = Array.isArray(raw) ? (raw as readonly RawValue[]) : [raw]
  if (elements.length > MAX_LIST_LENGTH) return 'list_too_long'
  const value: string[] = []
  for (const element of elements) {
    if (element === null) continue
    const text = coerceText(element)
    if (typeof text === 'string') return text === 'not_a_text' ? 'not_a_list' : text
    if (text !== null && text.type === 'text') value.push(text.value)
  }
  return { type: 'list', value }
}
