import type { Catalog } from '../../catalog/catalog.js'
import type { Condition, EventValue, Literal, Prop, Span, Tail, Test, Text, Value, Window } from '../document.js'
import type { WindowPurpose } from './resolving.js'
import type { Scope, StreamScope, ValueType } from './scope.js'

export type Language = 'zh' | 'en'

/** Says documents in one language; heads say their own fields and hand the others back. */
export interface Speaker {
  readonly language: Language
  readonly catalog: Catalog
  /** The text of the language. */
  pick(zh: string, en: string): string
  /** A name from the catalogue; Chinese when there is no English one. */
  label(text: Text): string
  /** `a、b 和 c` / `a, b and c`, or with 或 / or. */
  list(parts: readonly string[], joiner: 'and' | 'or'): string
  /** A text value between quotes; a number or date as it is. */
  literal(literal: Literal): string
  /** `30 天` / `30 days`. */
  span(span: Span): string
  condition(condition: Condition, scope: Scope): string
  /** A condition inside another: between brackets when it is made of several. */
  inner(condition: Condition, scope: Scope): string
  value(value: Value, scope: Scope): string
  test(test: Test, scope: Scope): string
  innerTest(test: Test, scope: Scope): string
  eventValue(value: EventValue | Value, scope: Scope): string
  prop(prop: Prop, scope: Scope): string
  /** The operator with its right side: `不少于 2` / `is at least 2`. */
  tail(tail: Tail, left: ValueType | null, scope: Scope): string
  /** `近 30 天内` / `in the last 30 days`; empty for ever. */
  window(window: Window, scope: Scope, purpose: WindowPurpose): string
  /** The label of the event, or of several joined by or; as a noun it stands between quotes in English. */
  stream(stream: StreamScope, form: 'noun' | 'clause'): string
}

/** Says one head; for conditions a clause, for values a noun phrase. */
export type SayHead<V> = (value: V, scope: Scope, speaker: Speaker) => string
