import type { EventValue, Prop, Value } from '../document.js'
import type { Scope, ValueType } from './scope.js'

/** Finds types by dispatching to the head; null when a name is unknown or the parts do not fit. */
export interface TypeFinder {
  value(value: Value | EventValue, scope: Scope): ValueType | null
  /** A property, clock field or case of the rows of `scope.stream`. */
  prop(prop: Prop, scope: Scope): ValueType | null
  /** The type a stored definition's value has. */
  definition(id: string, kind: 'tag' | 'metric', scope: Scope): ValueType | null
}

/** The type of one head; null when a name is unknown or the parts do not fit. */
export type FindType<V> = (value: V, scope: Scope, find: TypeFinder) => ValueType | null
