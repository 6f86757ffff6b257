import type { Catalog } from '../catalog/catalog.js'
import type { FitKind } from '../compile/lower/fit-registry.js'
import type { Bounds } from '../compile/window-bounds.js'
import type { Zone } from '../kernel/zone.js'
import type {
  Assign,
  At,
  Condition,
  Definition,
  Id,
  Span,
  Stream,
  TagDefinition,
  Tail,
  Test,
  Value,
  Window,
} from '../language/document.js'
import type { EventScope, EventScopeValue } from '../language/event-scope/event-scope.js'
import type { SubjectFacts } from './facts.js'

/** A value of one subject in memory, with what its type alone does not say. */
export interface SubjectValue {
  /** bigint = number times 10^8, number = instant, string = text or code, array = list; null = missing. */
  readonly value: EventScopeValue
  /** Set when it is a bare quotient: comparisons with a literal look at the exact fraction. */
  readonly ratio?: { readonly over: bigint; readonly under: bigint }
  /** Codes from lowest to highest, when the value is one of an ordered or enumerated family. */
  readonly codes?: readonly string[]
}

/** Rows a head asks for: a stream, the test they pass and the window they lie in. */
export interface RowsOf {
  readonly did: Stream
  readonly each?: string
  readonly where?: Test
  readonly within?: Window
}

/** One row of a stream: an event, one line of it, or a change. Lines of one event share its moment and number. */
export interface Row {
  readonly ts: number
  readonly seq: bigint
  /** Finds what a test of the row names. */
  readonly scope: EventScope
}

/** What a head sees while it is evaluated for one subject at one moment. */
export interface EvaluateScope {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly asOf: number
  readonly facts: SubjectFacts
  readonly definition: Definition
  /** Kind of subject the facts are of: beyond a relation not that of the definition. */
  readonly subject: string

  value(value: Value): SubjectValue
  condition(condition: Condition): boolean | null
  tail(left: SubjectValue, tail: Tail): boolean | null
  /** Rows in the order of moments and numbers; null when the window is missing. */
  rows(of: RowsOf): readonly Row[] | null
  /** Bounds of a window over events, cut at the moment; null = missing. */
  window(window: Window): Bounds | null
  tag(id: Id): SubjectValue
  metric(id: Id): SubjectValue
  segment(id: Id): boolean | null
  /** The tags that are live in a category or below it. */
  tagsOf(category: Id): readonly Id[]
  /** Whether the subject is in a node of a tree; null = it cannot be known. */
  node(tree: Id, node: Id): boolean | null
  /** The same place at another moment; null when that lies ahead. */
  then(moment: { ago?: Span; at?: At }): EvaluateScope | null
  /** The place of a related subject. */
  reached(facts: SubjectFacts, subject: string): EvaluateScope
  /** The numbers of a fit for the subject's group; null = no group or no fit. */
  fit(ask: FitAsk): readonly bigint[] | null
  /** A property of the event that started a journey; null outside of one. */
  trigger(name: string): EventScopeValue
}

/** A fit as the document asks for it. */
export interface FitAsk {
  readonly of: FitKind
  readonly value: Value
  readonly by: readonly Value[]
  /** Of the cut or the group number itself. */
  readonly only: Condition | undefined
  /** The part of the document that decides which fit it is. */
  readonly identity: unknown
}

export type EvaluateValue<V> = (value: V, scope: EvaluateScope) => SubjectValue
export type EvaluateCondition<C> = (condition: C, scope: EvaluateScope) => boolean | null
/** The values of a tag: a text for one, a list for several, or the value it copies; null = blank. */
export type EvaluateAssign<A extends Assign> = (assign: A, tag: TagDefinition, scope: EvaluateScope) => EventScopeValue
