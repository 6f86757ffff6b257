/**
 * The definition language as types: every tag, segment, metric, tree is one plain JSON document of these shapes.
 *
 * One head key says what an object is; LANGUAGE terms: a *condition* is a value with one operator or a group of
 * conditions, a *value* speaks of one subject, an *event value* of one event. Shapes only: names, types and cycles are
 * checked by `resolve`.
 */
export type Text = string | { zh: string; en?: string | undefined }
export type Id = string
/** At most 64 characters. */
export type Code = string
/** Numbers have at most 14 digits and 4 decimals. */
export type Literal = string | number | boolean
/** For example 30d, 3mo, 12h; units s min h d w mo q y. */
export type Span = string
/** 2026-01-31 (a local day of the workspace) or an ISO instant with offset. */
export type InstantText = string
export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year'

export interface Header {
  version: 1
  id: Id
  name: Text
  note?: Text
  goal?: Id
  theme?: string
  /** Subject kind; default person. */
  subject?: Id
  /** Population; default customers. Only for persons. */
  who?: 'customers' | 'visitors' | 'everyone'
  recipe?: Recipe
}
/** The named kind a definition was made from, with its parameters. */
export interface Recipe {
  use: string
  version?: number
  with?: Record<string, unknown>
}

export type Definition = TagDefinition | SegmentDefinition | MetricDefinition | TreeDefinition

/** A definition as it was written: its body may still be a recipe, and journeys are read though they are not stored here. */
export type ParsedDefinition = Definition | RecipeDocument | JourneyDocument
/** A definition whose body is made from its recipe. */
export type RecipeDocument = { recipe: Recipe } & (
  | Omit<TagDefinition, 'assign'>
  | Omit<SegmentDefinition, 'where'>
  | Omit<MetricDefinition, 'value'>
  | Omit<TreeDefinition, 'root'>
)
/** When a journey starts, what it waits for and what ends it; its steps are no part of the language. */
export interface JourneyDocument extends Header {
  kind: 'journey'
  trigger: JourneyTrigger
  waitFor?: { event: Stream; each?: string; where?: Test; within: Span }
  exit?: Condition
}
export type JourneyTrigger =
  | { event: Stream; each?: string; where?: Test; if?: Condition }
  | { date: Value; every?: 'year' | 'month'; shift?: string; at?: string; if?: Condition }
  | { schedule: Refresh; if?: Condition }

export interface TagDefinition extends Header {
  kind: 'tag'
  family?: 'exclusive' | 'multi'
  ordered?: boolean
  only?: Condition
  assign: Assign
  empty?: 'blank' | 'keep'
  refresh?: Refresh
  values?: { code: Code; name?: Text; note?: Text }[]
  corrections?: { keep: Span }
}
export interface SegmentDefinition extends Header {
  kind: 'segment'
  where: Condition
  refresh?: Refresh
  take?:
    | { top: number; by: Value; order?: 'desc' | 'asc'; per?: Value[] }
    | { random: number; seed: string; per?: Value[] }
}
export interface MetricDefinition extends Header {
  kind: 'metric'
  value: Value
  unit?: 'money' | 'count' | 'days' | 'hours' | 'minutes' | 'years' | 'ratio' | 'score'
}
export interface TreeDefinition extends Header {
  kind: 'tree'
  root: TreeNode
  refresh?: Refresh
}
export interface TreeNode {
  id: Id
  name?: Text
  by?: Value
  split?: TreeNode[]
  when?: Condition | Tail
  other?: true
}
export type Refresh =
  | 'manual'
  | 'realtime'
  | 'hourly'
  | 'daily'
  | 'weekly'
  | 'monthly'
  | { every: 'hour' | 'day' | 'week' | 'month'; at?: string; day?: number }

export type Assign = RulesAssign | CutAssign | TopAssign | ValueAssign | GivenAssign
export interface RulesAssign {
  rules: { value: Code; when: Condition }[]
  otherwise?: Code
}
export interface CutAssign {
  cut: Value
  at: Cuts
  values: Code[]
  by?: Value[]
  edge?: 'up' | 'down'
}
export interface TopAssign {
  top: Prop
  did: Stream
  each?: string
  where?: Test
  within?: Window
  weight?: { sum?: string; events?: Record<string, number>; halfLife?: Span }
  n?: number
  atLeast?: number
  share?: number
}
export interface ValueAssign {
  value: Value
}
export interface GivenAssign {
  given: 'manual' | 'import' | { sql: string } | { model: Id; output?: string }
  expires?: Span
}

export type Fit = 'daily' | 'weekly' | 'monthly' | 'frozen'
export type CutMethod = 'quantile' | 'width' | 'breaks' | 'sd' | 'mean' | 'median' | 'share'
export type Cuts = number[] | { method: CutMethod; n?: number; probs?: number[]; fit?: Fit }

export type Condition =
  | AllCondition
  | AnyCondition
  | NotCondition
  | SequenceCondition
  | MemberCondition
  | (Value & Tail)
export interface AllCondition {
  all: Condition[]
}
export interface AnyCondition {
  any: Condition[]
}
export interface NotCondition {
  not: Condition
}
export interface SequenceCondition {
  sequence: {
    did: Stream
    each?: string
    where?: Test
    gap?: Span
    without?: { did: Stream; where?: Test }
    key?: Prop
  }[]
  total?: Span
  within?: Window
  notThen?: { did: Stream; each?: string; where?: Test; key?: Prop; within?: Span }
}
export interface MemberCondition {
  member:
    | { segment: Id }
    | { list: Id }
    | { node: string }
    | { category: Id }
    | { sample: { share: number; seed: string } }
  ago?: Span
  at?: At
}

export type At = InstantText | { start: CalendarUnit }
export type Value = { default?: Literal } & (
  | AttrValue
  | TagValue
  | MetricValue
  | DidValue
  | PerValue
  | ViaValue
  | SinceValue
  | ClockValue
  | CalcValue
  | CutValue
  | AmongValue
  | { trigger: string }
)
export interface AttrValue {
  attr: string
  ago?: Span
  at?: At
}
export interface TagValue {
  tag: Id
  ago?: Span
  at?: At
}
export interface MetricValue {
  metric: Id
  ago?: Span
  at?: At
}
export interface DidValue {
  did: Stream
  each?: string
  where?: Test
  within?: Window
  /** Default count. */
  get?: Get
  /** 1 = the first (or, for last, the last); default 1. */
  nth?: number
}
export interface PerValue {
  per: 'event' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year' | { prop: Prop } | { session: Span }
  of: DidValue
  having?: Tail
  get?: 'count' | 'sum' | 'avg' | 'min' | 'max' | 'streak' | 'currentStreak'
}
export interface ViaValue {
  via: Id
  role?: string
  where?: Condition
  of?: Value
  get?: 'count' | 'share' | 'list' | 'sum' | 'avg' | 'min' | 'max'
}
export interface SinceValue {
  since: Value
  until?: Value
  /** Default days. */
  unit?: 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years'
}
export interface ClockValue {
  clock: Field
  of?: Value
}
export interface CalcValue {
  calc: CalcOperator
  of: (Value | number)[]
}
export type CalcOperator = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'abs' | 'log' | 'round' | 'size'
export interface CutValue {
  cut: Value
  at: Cuts
  by?: Value[]
  only?: Condition
  edge?: 'up' | 'down'
}
export interface AmongValue {
  /** Group keys; [] is everybody. */
  among: Value[]
  of: Value
  get: 'mean' | 'median' | 'sd' | 'min' | 'max' | 'sum' | 'count' | { quantile: number }
  only?: Condition
  fit?: Fit
  atLeast?: number
}

export type Get =
  | 'count'
  | 'days'
  | 'firstAt'
  | 'lastAt'
  | 'span'
  | { sum: Prop }
  | { avg: Prop }
  | { min: Prop }
  | { max: Prop }
  | { distinct: Prop }
  | { first: Prop }
  | { last: Prop }
  | { values: Prop }
  | { gaps: 'avg' | 'min' | 'max' | 'median' | 'sd' }
export type Stream =
  | Id
  | Id[]
  | { changes: { attr: Id } | { tag: Id } | { segment: Id } | { list: Id } | { relation: Id } }
export type Prop = string | { clock: Field } | CaseValue
export interface CaseValue {
  case: { when: Test; value: Code }[]
  otherwise?: Code
}

/** Tests one event, one order line or one change. */
export type Test = { all: Test[] } | { any: Test[] } | { not: Test } | (EventValue & Tail)
export type EventValue =
  | { prop: string }
  | { clock: Field }
  | CaseValue
  | { calc: CalcOperator; of: (EventValue | number)[] }
export type Field =
  | 'hour'
  | 'weekday'
  | 'day'
  | 'month'
  | 'quarter'
  | 'year'
  | 'date'
  | 'week'
  | 'yearMonth'
  | 'dayKind'
  | 'holiday'
  | 'promotion'

/** Right side of a comparison: a literal or another value (a subject value also inside `where:`). */
export type Operand = Literal | Value | EventValue
export type ListOperand = Literal[] | { list: Id } | Value | EventValue
/** Exactly one operator. */
export type Tail =
  | { is: Operand }
  | { isNot: Operand }
  | { gt: Operand }
  | { gte: Operand }
  | { lt: Operand }
  | { lte: Operand }
  | { between: [Operand, Operand] }
  | { in: ListOperand }
  | { notIn: ListOperand }
  | { hasAny: ListOperand }
  | { hasAll: ListOperand }
  | { hasNone: ListOperand }
  | { contains: string }
  | { startsWith: string }
  | { endsWith: string }
  | { under: string }
  | { known: boolean }
  | { during: Window }
  | { anniversary: Window }
export type OperatorName =
  | 'is'
  | 'isNot'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'between'
  | 'in'
  | 'notIn'
  | 'hasAny'
  | 'hasAll'
  | 'hasNone'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'under'
  | 'known'
  | 'during'
  | 'anniversary'

export type Window =
  | 'ever'
  | { last: Span; ago?: Span }
  | { complete: Span; ago?: Span }
  | { this: CalendarUnit; ago?: Span }
  | { next: Span }
  | { coming: Span }
  | { period: Id }
  | AnchoredWindow
export interface AnchoredWindow {
  from?: InstantText | Value
  after?: InstantText | Value
  to?: InstantText | Value
  skip?: Span
  for?: Span
}
