import type { RawValue } from '../collect/incoming.js'
import type { PropertyType } from './catalog.js'
import { looksLikeDate } from './stored-date.js'

type Shape = 'number' | 'bool' | 'date' | 'text' | 'list' | 'other'

function shapeOf(value: RawValue): Shape | null {
  switch (typeof value) {
    case 'number':
      return 'number'
    case 'boolean':
      return 'bool'
    case 'string':
      return value === '' ? null : looksLikeDate(value) ? 'date' : 'text'
    default:
      if (value === null) return null
      return Array.isArray(value) && value.every((element) => typeof element !== 'object') ? 'list' : 'other'
  }
}

/**
 * The type of a property that nobody declared, from the values seen first: numbers, booleans, ISO dates and lists are
 * what they are; a mixture is text. Text that only looks like a number stays text (001 is not 1); money is declared,
 * never guessed. null = no usable value was seen.
 */
export function inferType(values: Iterable<RawValue>): PropertyType | null {
  let type: PropertyType | null = null
  for (const value of values) {
    const shape = shapeOf(value)
    if (shape === null || shape === 'other') continue
    if (type === null) type = shape
    else if (type !== shape) type = type === 'list' || shape === 'list' ? 'list' : 'text'
  }
  return type
}
