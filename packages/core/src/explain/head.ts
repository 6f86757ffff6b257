import type { Catalog } from '../catalog/catalog.js'
import type { SubjectFacts } from '../evaluate/facts.js'
import type { EvaluateScope, RowsOf } from '../evaluate/scope.js'
import type { Zone } from '../kernel/zone.js'
import type {
  Assign,
  At,
  CalendarUnit,
  Condition,
  Prop,
  Span,
  Stream,
  TagDefinition,
  Test,
  Value,
  Window,
} from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import type { Scope } from '../language/frame/scope.js'
import type { Speaker } from '../language/frame/speaker.js'
import type { Step } from './explanation.js'
import type { Goal } from './goal.js'

/** A part of a value or condition, at its place below it. */
export type Part =
  | { readonly at: string; readonly value: Value }
  | { readonly at: string; readonly condition: Condition }
  | { readonly at: string; readonly definition: string }

/** Changes that together may bring about what is wanted. */
export type Plan = readonly Step[]

/** Collects the moments around which something may change by time alone. A moment m: the value at m may differ from m − 1. */
export interface MomentScope {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly facts: SubjectFacts
  /** First and last moment asked about, ms. */
  readonly from: number
  readonly to: number
  add(moment: number): void
  /** `compared`: the literals it is compared with (times 10^8), null when there are others. */
  value(value: Value, compared: readonly bigint[] | null): void
  condition(condition: Condition): void
  definition(id: string, compared: readonly bigint[] | null): void
  /** Every date a value may ever have been. */
  dates(value: Value): readonly number[]
  /** When rows come to be seen, fall out of the window, and pass a test that looks at the moment. */
  stream(rows: RowsOf): void
  /** Moments of the rows of a stream, whatever their test. */
  rows(stream: Stream): readonly number[]
  /** What is the same at every moment: cuts and numbers of everybody; null = it is not known. */
  constant<T>(find: (now: EvaluateScope) => T): T | null
  /** When a date goes into and out of a window. */
  date(moment: number, window: Window): void
  /** The start of every such unit. */
  grid(unit: CalendarUnit | 'hour'): void
  /** The moment a length after another one, and where clamped ends of months make it uncertain, those around it. */
  later(moment: number, spans: readonly (Span | undefined)[]): void
  /** What `ago` and `at` make of the moments inside. */
  then(value: { readonly ago?: Span; readonly at?: At }, inside: (scope: MomentScope) => void): void
  /** The moments of another subject's facts. */
  of(facts: SubjectFacts, inside: (scope: MomentScope) => void): void
  /** It may change at moments that were not named. */
  uncertain(): void
}

/** Looks for changes that may bring a part to what is wanted. */
export interface ReachScope {
  /** The part as it is now, in the definition it stands in. */
  readonly now: EvaluateScope
  value(value: Value, goal: Goal): readonly Plan[]
  condition(condition: Condition, wanted: boolean): readonly Plan[]
  definition(id: string, goal: Goal): readonly Plan[]
  /** Rows of a stream that pass a test; `want`: and whose property meets a goal. */
  rows(stream: Stream, each: string | undefined, where: Test | undefined, want: RowWant | null): readonly EventStep[]
  /** One plan of each, taken together. */
  together(choices: readonly (readonly Plan[])[]): readonly Plan[]
}
export type EventStep = Extract<Step, { kind: 'event' }>
export interface RowWant {
  readonly prop: Prop
  readonly goal: Goal
}

/** What a value head knows about itself for explanations. */
export interface ExplainValue<V> {
  readonly parts: (value: V) => readonly Part[]
  /** Why it is missing although its parts are not. */
  readonly missing: (value: V, scope: Scope, speaker: Speaker) => string
  /** Numbers of a fit that it was compared with; null = none. */
  readonly against?: (value: V, scope: EvaluateScope) => readonly bigint[] | null
  readonly moments: (value: V, scope: MomentScope, compared: readonly bigint[] | null) => void
  /** Every date it may ever have been; absent = it is no date. */
  readonly dates?: (value: V, scope: MomentScope) => readonly number[]
  readonly reach: (value: V, goal: Goal, scope: ReachScope) => readonly Plan[]
}

/** What a group of conditions knows about itself for explanations. */
export interface ExplainCondition<C> {
  readonly parts: (condition: C) => readonly Part[]
  /** Which parts decided, by the truths of the parts and of the whole. */
  readonly decides: (part: boolean | null, whole: boolean | null) => boolean
  readonly moments: (condition: C, scope: MomentScope) => void
  readonly reach: (condition: C, wanted: boolean, scope: ReachScope) => readonly Plan[]
}

/** What a way to assign knows about itself for explanations. */
export interface ExplainWay<A extends Assign> {
  readonly parts: (assign: A) => readonly Part[]
  readonly against?: (assign: A, scope: EvaluateScope) => readonly bigint[] | null
  readonly moments: (assign: A, tag: TagDefinition, scope: MomentScope) => void
  /** Plans that may give the code (or, with `gives` false, take it away). */
  readonly reach: (
    assign: A,
    tag: TagDefinition,
    code: EventScopeValue,
    gives: boolean,
    scope: ReachScope,
  ) => readonly Plan[]
}
