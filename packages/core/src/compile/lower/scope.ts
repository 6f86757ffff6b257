import type { Catalog, SubjectEntry } from '../../catalog/catalog.js'
import type { Instant, Zone } from '../../kernel/zone.js'
import type {
  At,
  Condition,
  Cuts,
  EventValue,
  Field,
  Fit,
  Prop,
  SequenceCondition,
  Span,
  Stream,
  Test,
  Value,
  Window,
} from '../../language/document.js'
import type { Expr } from '../plan/expr.js'
import type { Lowered, LoweredDate, LoweredNumber } from './lowered.js'
import type { OperatorScope } from './operators.js'

/**
 * What a head sees while it is turned into expressions: the place it stands in, and the way down to its parts. Heads
 * know this interface and nothing of the planner behind it.
 */
export interface PlanScope extends OperatorScope {
  readonly catalog: Catalog
  readonly subject: SubjectEntry
  readonly asOf: Instant
  readonly zone: Zone
  /** The rows that are tested, or null where the whole subject is spoken of. */
  readonly row: RowScope | null

  value(value: Value | EventValue, path: string): Lowered
  condition(condition: Condition | Test, path: string): Expr

  /** The rows of a stream that pass a test inside a window; null when the window is missing for everybody. */
  rows(of: RowsOf, path: string): RowsPlan | null
  /** The same rows put into buckets, which are then aggregated per profile; null as above. */
  buckets(of: RowsOf, by: BucketsOf, path: string): BucketsPlan | null
  attribute(key: string, path: string): Lowered
  /** The value of another definition for the same subject. */
  tag(id: string, path: string): Lowered
  metric(id: string, path: string): Lowered
  segment(id: string, path: string): Expr
  list(id: string, path: string): Expr
  /** Whether the subject lies in a node of a tree. */
  node(tree: string, node: string, path: string): Expr
  /** The same value as it was at another moment; missing when that lies ahead or the subject was not there yet. */
  then(moment: MomentOf, value: (scope: PlanScope) => Lowered, path: string): Lowered
  /** The same for a condition: false for whoever was not there, unknown when the moment lies ahead. */
  thenHolds(moment: MomentOf, holds: (scope: PlanScope) => Expr, path: string): Expr
  /** Whether some events follow each other. */
  chain(sequence: SequenceCondition, path: string): Expr
  /** Whoever a relation reaches from the subject, aggregated per subject. */
  related(relation: string, role: string | undefined, path: string): RelatedPlan
  /** A part of a moment in the workspace's zone; the row's own moment when `of` is null. */
  clock(field: Field, of: LoweredDate | null): Lowered
  /** The tier of a value between fitted or fixed cuts, 1 … n. */
  tier(of: TierOf, path: string): LoweredNumber
  /** A number of the subject's group, from a fit. */
  groupNumber(of: GroupNumberOf, path: string): LoweredNumber
  /** Says something that the author should know and that does not stop the compilation. */
  warn(message: string, path: string): void
  /** @throws AppError for a part of the language that cannot be planned yet. */
  refuse(what: string, path: string): never
}

export interface RowsOf {
  readonly did: Stream
  readonly each?: string
  readonly where?: Test
  readonly within?: Window
}

/** The moment something is asked as of: a span back, an instant, or the start of the current unit. */
export interface MomentOf {
  readonly ago?: Span
  readonly at?: At
}

/** One row of a stream: an event, one line of it, or a change. */
export interface RowScope {
  prop(name: string, path: string): Lowered
  clock(field: Field): Lowered
}

/** What makes a bucket of rows. */
export type BucketsOf =
  | { readonly kind: 'calendar'; readonly unit: 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year' }
  | { readonly kind: 'event' }
  | { readonly kind: 'prop'; readonly prop: Prop; readonly path: string }
  /** A property as text; a list gives each of its elements, an empty text is none. */
  | { readonly kind: 'text'; readonly prop: Prop; readonly path: string }
  | { readonly kind: 'session'; readonly pause: Span }

/** Rows in buckets: aggregated once per bucket through `rows`, and the buckets once more per profile. */
export interface BucketsPlan {
  /** The rows of one bucket; its leaves are columns of the bucket. */
  readonly rows: RowsPlan
  /** The bucket itself: for a calendar its running number. */
  readonly bucket: Expr
  /** What the buckets are named by, when that is a value. */
  readonly value: Lowered | null
  /** Whether a row of the stream fell into the bucket: to be asked of every bucket that counts. */
  readonly any: Expr
  /** Running number of the calendar bucket in which the window ends (a column of the profile's row). */
  readonly last: Expr | null
  /** An expression over aggregates of columns of buckets, computed once per profile. */
  leaf(expr: Expr): Expr
}

/** Related subjects, each once. */
export interface RelatedPlan {
  /** The scope of a related subject. */
  readonly scope: PlanScope
  /** 1 for every related subject that is there. */
  readonly alive: Expr
  /** A value or truth of the related subject as a column of the rows that are aggregated. */
  column(expr: Expr): Expr
  value(value: Lowered): Lowered
  /** An expression over aggregates of such columns, computed once per profile. */
  leaf(expr: Expr): Expr
}

/** Rows ready to be aggregated per profile. */
export interface RowsPlan {
  readonly catalog: Catalog
  /** A property, clock field or case of one row. */
  prop(prop: Prop, path: string): Lowered
  /** Whether a property of one row gives a text that is not empty; of a list, an element. */
  hasText(prop: Prop, path: string): Expr
  /** Number of the local day a row happened on. */
  localDay(): Expr
  /** The columns whose order is the order of rows, smallest first: moment, sequence number, line. */
  readonly order: readonly Expr[]
  /** Whether rows may share moment and sequence number: lines of an event, both ends of a relation. */
  readonly repeats: boolean
  /** Conditions of the rows, to be given to every aggregate. */
  readonly when: readonly Expr[]
  /** For whom the window exists; what is got from the rows is missing for everybody else. */
  readonly inside: Expr
  /** An expression over aggregates, computed once per profile; equal ones are shared. */
  leaf(expr: Expr): Expr
}

export interface TierOf {
  readonly value: LoweredNumber
  readonly valuePath: string
  readonly at: Cuts
  readonly edge?: 'up' | 'down'
  readonly by: readonly Lowered[]
  readonly only: Expr | null
  /** The part of the document that the cuts depend on; equal parts of a definition share one fit. */
  readonly identity: unknown
}

export interface GroupNumberOf {
  readonly value: LoweredNumber
  readonly by: readonly Lowered[]
  readonly get: GroupGet
  readonly only: Expr | null
  readonly atLeast: number
  readonly fit?: Fit
  readonly identity: unknown
}
export type GroupGet = 'mean' | 'median' | 'sd' | 'min' | 'max' | 'sum' | 'count' | { quantile: number }

/** Plans one head of a value. */
export type PlanValue<V> = (value: V, scope: PlanScope, path: string) => Lowered
/** Plans one head of a condition or test. */
export type PlanCondition<C> = (condition: C, scope: PlanScope, path: string) => Expr
