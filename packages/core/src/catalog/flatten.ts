import type { RawValue } from '../collect/incoming.js'

/** A property of an event: nested objects become one name with dots. */
export interface FlatProperty {
  readonly name: string
  readonly value: RawValue
}

/** A place that could not be read, and why. */
export interface FlattenFault {
  /** JSON pointer below the properties. */
  readonly pointer: string
  readonly fault: 'name_invalid' | 'too_deep' | 'name_twice' | 'too_many'
}

export interface Flattened {
  readonly properties: readonly FlatProperty[]
  readonly faults: readonly FlattenFault[]
}

/** Objects nested deeper than this are refused. */
export const MAX_DEPTH = 8
/** Properties of one event beyond this many are refused. */
export const MAX_PROPERTIES = 500
/** Longest name of a property, dots included. */
export const MAX_NAME_LENGTH = 100

const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])

/** Whether one part of a name may be used: not empty, no control characters, not a name JavaScript objects reserve. */
export function isNamePart(part: string): boolean {
  if (part === '' || FORBIDDEN.has(part)) return false
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i)
    if (code < 32 || code === 127 || code === 96 || code === 92) return false
  }
  return !/\p{Surrogate}/u.test(part)
}

/** Whether a whole name (of an event, a property, an attribute) may be used. */
export function isName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && name.split('.').every(isNamePart)
}

/** `a: { b: 1 }` becomes `a.b`. The same name written both ways in one event is refused: it cannot be told which counts. */
export function flattenProperties(
  properties: Readonly<Record<string, RawValue>>,
  without: ReadonlySet<string> = new Set(),
): Flattened {
  const out: FlatProperty[] = []
  const faults: FlattenFault[] = []
  const seen = new Set<string>()
  const walk = (object: Readonly<Record<string, RawValue>>, prefix: string, pointer: string, depth: number): void => {
    for (const key of Object.keys(object)) {
      if (depth === 0 && without.has(key)) continue
      const value = object[key]!
      const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const name = prefix === '' ? key : `${prefix}.${key}`
      if (!isName(name)) {
        faults.push({ pointer: at.slice(0, 300), fault: 'name_invalid' })
      } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
        if (depth + 1 >= MAX_DEPTH) faults.push({ pointer: at, fault: 'too_deep' })
        else walk(value as Readonly<Record<string, RawValue>>, name, at, depth + 1)
      } else if (seen.has(name)) {
        faults.push({ pointer: at, fault: 'name_twice' })
      } else if (out.length >= MAX_PROPERTIES) {
        faults.push({ pointer: at, fault: 'too_many' })
        return
      } else {
        seen.add(name)
        out.push({ name, value })
      }
    }
  }
  walk(properties, '', '', 0)
  return { properties: out, faults }
}
