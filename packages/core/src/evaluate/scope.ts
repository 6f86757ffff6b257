import type { Catalog } from '../catalog/catalog.js'
import type { FitKind } from '../compile/lower/fit-registry.js'
import type { Zone } from '../kernel/zone.js'
import type { Assign, Condition, Definition, TagDefinition, Tail, Value } from '../language/document.js'
import type { EventScope, EventScopeValue } from '../language/event-scope/event-scope.js'
import type { EventFact, SubjectFacts } from './facts.js'

/** A value of one subject in memory, with what its type alone does not say. */
export interface SubjectValue {
  /** bigint = number times 10^8, number = instant, string = text or code, array = list; null = missing. */
  readonly value: EventScopeValue
  /** Set when it is a bare quotient: comparisons with a literal look at the exact fraction. */
  readonly ratio?: { readonly over: bigint; readonly under: bigint }
  /** Codes from lowest to highest, when the value is one of an ordered or enumerated family. */
  readonly codes?: readonly string[]
}

/** What a head sees while it is evaluated for one subject. */
export interface EvaluateScope {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly asOf: number
  readonly facts: SubjectFacts
  readonly definition: Definition

  value(value: Value): SubjectValue
  condition(condition: Condition): boolean | null
  tail(left: SubjectValue, tail: Tail): boolean | null
  /** Finds what a test of one row names. */
  row(event: EventFact, line: number | null, names: readonly string[] | 'any'): EventScope
  tag(id: string): SubjectValue
  metric(id: string): SubjectValue
  segment(id: string): boolean | null
  /** The numbers of a fit for the subject's group; null = no group or no fit. */
  fit(ask: FitAsk): readonly bigint[] | null
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
