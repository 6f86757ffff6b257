import type { Catalog } from '../../catalog/catalog.js'
import type { Issue } from '../../kernel/app-error.js'
import type { Condition, EventValue, Prop, Stream, Tail, Test, Value, Window } from '../document.js'
import type { Message } from './message.js'
import type { Scope, StreamScope, ValueType } from './scope.js'
import type { UsesCollector } from './uses.js'

/** What stands left of an operator. */
export interface Left {
  /** null when its names are unknown; then the operator is checked as far as possible. */
  readonly type: ValueType | null
  /** The value itself, for messages that name it. */
  readonly value: Value | EventValue | null
  /** Pointer to the object that holds the value and the operator. */
  readonly at: string
}

/** How a window is used: to choose events, or to test a date. */
export type WindowPurpose = 'events' | 'dates'

/**
 * The second pass over a document that has its shape: every name is looked up, every type compared, and problems are
 * reported at their pointers. Heads resolve their own fields and hand the recursive ones back to these methods.
 */
export interface Resolving {
  readonly catalog: Catalog
  readonly uses: UsesCollector
  report(at: string, message: Message): void
  /** The names of a cycle that a reference to this definition would close, or null. */
  cycleThrough(id: string): readonly string[] | null
  /** What is wrong first with another stored definition, or null. */
  firstIssueOf(id: string): Issue | null
  warn(at: string, message: Message): void
  condition(condition: Condition, at: string, scope: Scope): void
  value(value: Value, at: string, scope: Scope): ValueType | null
  test(test: Test, at: string, scope: Scope): void
  /** A value of the event, or (on right sides) of the subject. */
  eventValue(value: EventValue | Value, at: string, scope: Scope): ValueType | null
  prop(prop: Prop, at: string, scope: Scope): ValueType | null
  tail(tail: Tail, left: Left, scope: Scope): void
  window(window: Window, at: string, scope: Scope, purpose: WindowPurpose): void
  /** Checks the names of a stream; gives the scope of its rows. `at` points to the stream itself. */
  stream(stream: Stream, each: string | undefined, at: string, scope: Scope): StreamScope
}

/** Checks one head's own names and hands its parts on. `at` points to the object. */
export type ResolveHead<V> = (value: V, at: string, scope: Scope, resolving: Resolving) => void
