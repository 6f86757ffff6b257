import type { RawValue } from '../collect/incoming.js'
import type { PropertyType } from './catalog.js'

/** A property of an event: nested objects become one name with dots. */
export interface FlatProperty {
  readonly name: string
  readonly value: RawValue
  /** What it is, where that needs no guess. */
  readonly type?: PropertyType
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

/** Names that were found usable; the same few come with every event. */
const usable = new Set<string>()
const MOST_REMEMBERED = 10_000

function isUsable(name: string): boolean {
  if (usable.has(name)) return true
  if (!isName(name)) return false
  if (usable.size >= MOST_REMEMBERED) usable.clear()
  usable.add(name)
  return true
}

type Properties = Readonly<Record<string, RawValue>>

/** `a: { b: 1 }` becomes `a.b`. The same name written both ways in one event is refused: it cannot be told which counts. */
export function flattenProperties(properties: Properties, without: ReadonlySet<string> = new Set()): Flattened {
  const out: FlatProperty[] = []
  const faults: FlattenFault[] = []
  /** Only objects and dotted keys can spell one name twice. */
  let names: Set<string> | undefined
  const isTwice = (name: string): boolean => {
    names ??= new Set(out.map((property) => property.name))
    return names.has(name)
  }
  const walk = (object: Properties, prefix: string, path: readonly string[]): void => {
    for (const key in object) {
      if (!Object.hasOwn(object, key) || (prefix === '' && without.has(key))) continue
      const value = object[key]!
      const name = prefix === '' ? key : `${prefix}.${key}`
      const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
      const fault = !isUsable(name)
        ? 'name_invalid'
        : isObject
          ? path.length + 1 >= MAX_DEPTH && 'too_deep'
          : out.length >= MAX_PROPERTIES
            ? 'too_many'
            : (names !== undefined || name.includes('.')) && isTwice(name) && 'name_twice'
      if (fault !== false) {
        faults.push({ pointer: pointerOf([...path, key]), fault })
        if (fault === 'too_many') return
      } else if (isObject) {
        walk(value as Properties, name, [...path, key])
      } else {
        names?.add(name)
        out.push({ name, value })
      }
    }
  }
  walk(properties, '', [])
  return { properties: out, faults }
}

function pointerOf(path: readonly string[]): string {
  return `/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`.slice(0, 300)
}
