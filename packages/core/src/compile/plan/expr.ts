import type { ParamType, ParamValue } from '../statement.js'
import type { Plan } from './plan.js'

/**
 * Scalar expressions of a plan. Plain data that says *what* is computed; how a database spells it is the printer's
 * business. Nodes are never changed, so one node may stand at several places.
 */
export type Expr =
  | ColumnExpr
  | WrittenExpr
  | JsonExpr
  | ParamExpr
  | FitExpr
  | NumberExpr
  | NullExpr
  | CallExpr
  | AggregateExpr
  | OverExpr
  | ProfileExpr
  | StoredExpr
  | ScalarExpr
  | AliasExpr

/** A column of the input. */
export interface ColumnExpr {
  readonly kind: 'column'
  readonly name: string
}
/** The profile id a row of a base table was written with; today's is `profile`. */
export interface WrittenExpr {
  readonly kind: 'written'
}
/** A text kept in a JSON column; missing when it is absent or no text. */
export interface JsonExpr {
  readonly kind: 'json'
  readonly column: 'props' | 'extra'
  readonly key: string
}
/** A constant from the definition or the context: always bound, never text of the statement. */
export interface ParamExpr {
  readonly kind: 'param'
  readonly type: ParamType
  readonly value: ParamValue
}
/** A part of a fit, bound when the statement is made: see `bindFit`. */
export interface FitExpr {
  readonly kind: 'fit'
  readonly key: string
  readonly part: FitPart
  /** Which number of the only group; for part `number`. */
  readonly index?: number
}
/** Without groups `known` and one `number` per cut; with groups a look-up of all their numbers. */
export type FitPart = 'known' | 'number' | 'groupKeys' | 'groupPlaces' | 'groupValues'
/** A small whole number of the plan itself (a scale, an index), written into the text. */
export interface NumberExpr {
  readonly kind: 'number'
  readonly value: number
}
/** A missing value of a type. */
export interface NullExpr {
  readonly kind: 'null'
  readonly type: NullType
}
/** `Nothing` takes the type of what stands beside it. */
export type NullType = 'Nothing' | 'UInt8' | 'UInt16' | 'Int64' | 'Int128' | 'String'
export interface CallExpr {
  readonly kind: 'call'
  readonly name: FunctionName
  readonly args: readonly Expr[]
}
/** An aggregate over the rows of a group for which every part of `when` is true. */
export interface AggregateExpr {
  readonly kind: 'aggregate'
  readonly name: AggregateName
  readonly args: readonly Expr[]
  readonly when: readonly Expr[]
}
/** Of the rows of one `by` in their `order`: what the row before holds (0 or empty for the first), or a sum so far. */
export interface OverExpr {
  readonly kind: 'over'
  readonly name: 'previous' | 'sumSoFar'
  readonly of: Expr
  readonly by: readonly Expr[]
  readonly order: readonly Expr[]
}
/** The profile a node belongs to now: the override map over it, else the profile the row was written with. */
export interface ProfileExpr {
  readonly kind: 'profile'
  readonly database: string
  /** Dictionary of changed nodes. */
  readonly map: string
  /** Which node of the row: its own, or an end of a relation. */
  readonly end?: 'from' | 'to'
}
/** Whether the profile is in the stored bitmap of a tag: of one of `values`, or of any value when null. */
export interface StoredExpr {
  readonly kind: 'stored'
  readonly tag: number
  readonly run: string
  readonly values: readonly number[] | null
}
/** What a plan of one row and one column gives: asked once per statement. */
export interface ScalarExpr {
  readonly kind: 'scalar'
  readonly plan: Plan
}
/** A shared sub-expression, named once in the same SELECT (made by `shareExpressions`). */
export interface AliasExpr {
  readonly kind: 'alias'
  readonly name: string
}

/** Every function a plan may call; the printer has one entry for each. */
export type FunctionName =
  | 'and'
  | 'or'
  | 'not'
  | 'eq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'in'
  | 'has'
  | 'hasAny'
  | 'hasAll'
  | 'isKnown'
  | 'ifNull'
  | 'isTrue'
  | 'choose'
  | 'firstKnown'
  | 'textContains'
  | 'textStartsWith'
  | 'textEndsWith'
  | 'textUnder'
  | 'wide'
  | 'scaleUp'
  | 'unscaled64'
  | 'unscaled128'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'quotient'
  | 'least'
  | 'greatest'
  | 'abs'
  | 'log'
  | 'round'
  | 'product'
  | 'widen'
  | 'nonMissing'
  | 'count'
  | 'minus'
  | 'rowKey'
  | 'runKey'
  | 'valueIf'
  | 'millis'
  | 'lookUp'
  | 'steps'
  | 'localDay'
  | 'weekOfDay'
  | 'monthsBetween'
  | 'yearOfDay'
  | 'monthDayOfDay'
  | 'wholeDivide'
  | 'list'
  | 'noCodes'
  | 'nonMissingOf'
  | 'joinLists'
  | 'notEmpty'
  | 'firstThousand'
  | 'textsOf'
  | 'textsOfMillis'
  | 'textsOfBools'
  | 'textOfDecimal'
  | 'textOfNumber'
  | 'textOfBool'
  | 'at'
  | 'part'
  | 'part1'
  | 'indexOf'
  | 'pick'
  | 'presentCodes'
  | 'codeTexts'
  | 'placesOf'
  | 'heldCodes'
  | 'tierAbove'
  | 'tierFrom'
  | 'groupTierAbove'
  | 'groupTierFrom'
  | 'groupKey'
  | 'groupPlace'
  | 'plainText'
  | 'bit'
  | 'bytes'
  | 'foldNumbers'
  | 'foldTexts'
  | 'foldMoments'
  | 'foldBools'
  | 'foldLists'
  | 'asNumber'
  | 'asText'
  | 'asDate'
  | 'asBool'
  | 'asCode'
  | 'asCodes'
  | 'asList'
  | 'instantOfMillis'
  | 'chooseNumber'
  | 'known'
  | 'orderStatistic'
  | 'shareCut'
  | 'distinctOrBins'
  | 'lastPlaces'
  | 'eachOf'
  | 'inSample'
  | 'narrow'
  | 'pair'
  | 'sorted'
  | 'gapsAvg'
  | 'gapsMin'
  | 'gapsMax'
  | 'gapsMedian'
  | 'gapsDeviation'
  | 'longestRun'
  | 'lastRun'
  | 'emptyAsMissing'
  | 'nonEmptyTexts'
  | 'textOfScaled'
  | 'decayed'
  | 'weightOf'
  | 'heaviest'
  | 'heaviestOf'
  | 'negative'
  | 'placeOfItem'
  | 'itemValue'
  | 'itemValues'
  | 'itemList'
  | 'noKey'
  | 'markOf'
  | 'marksOf'
  | 'eachKey'
  | 'rowsOfKey'
  | 'chainRow'
  | 'chainTimes'
  | 'chainRanks'
  | 'eachRank'
  | 'chainBegin'
  | 'chainEnd'
  | 'chainStart'
  | 'chainCarry'
  | 'chainBefore'
  | 'chainNext'
  | 'anyFound'
  | 'anyFoundThenNothing'
  | 'eachRow'
  | 'isSame'
  | 'placeOfCode'
  | 'instantOfSeconds'
  | 'stepsOfNumbers'
  | 'stepsOfTexts'
  | 'stepsOfMoments'
  | 'stepsOfBools'
  | 'stepsOfLists'
  | 'plus64'
  | 'mul64'
  | 'hourOfLocal'
  | 'localHour'
  | 'weekdayOfDay'
  | 'dateOfDay'
  | 'monthOfDay'
  | 'quarterOfDay'
  | 'monthIndexOfDay'
  | 'quarterIndexOfDay'
  | 'weekTextOfDay'
  | 'monthTextOfDay'
  | 'nameOfDay'
  | 'onlyWith'
  | 'addMonthsToLocal'

/** Every aggregate a plan may use; the printer has one entry for each. */
export type AggregateName =
  | 'count'
  | 'sum'
  | 'sumWide'
  | 'sumSquares'
  | 'min'
  | 'max'
  | 'earliest'
  | 'latest'
  | 'countDistinct'
  | 'distinct'
  | 'distinctOfLists'
  /** The value of the row with the smallest or largest key; both without missing values, else a tuple is compared. */
  | 'firstBy'
  | 'lastBy'
  | 'sortedRows'
  | 'sortedValues'
  | 'any'
  | 'all'

export const column = (name: string): Expr => ({ kind: 'column', name })
export const param = (type: ParamType, value: ParamValue): Expr => ({ kind: 'param', type, value })
export const number = (value: number): Expr => ({ kind: 'number', value })
export const missing = (type: NullType): Expr => ({ kind: 'null', type })
export const call = (name: FunctionName, ...args: readonly Expr[]): Expr => ({ kind: 'call', name, args })
export const aggregate = (name: AggregateName, args: readonly Expr[], when: readonly Expr[] = []): Expr => ({
  kind: 'aggregate',
  name,
  args,
  when,
})

export const TRUE: Expr = number(1)
export const FALSE: Expr = number(0)

/** Kleene's "and"; of nothing it is true. */
export function and(parts: readonly Expr[]): Expr {
  const kept = parts.flatMap((part) => (part.kind === 'call' && part.name === 'and' ? part.args : [part]))
  const needed = kept.filter((part) => !isConstant(part, 1))
  if (needed.some((part) => isConstant(part, 0))) return FALSE
  return needed.length === 0 ? TRUE : needed.length === 1 ? needed[0]! : call('and', ...needed)
}

/** Kleene's "or"; of nothing it is false. */
export function or(parts: readonly Expr[]): Expr {
  const kept = parts.flatMap((part) => (part.kind === 'call' && part.name === 'or' ? part.args : [part]))
  const needed = kept.filter((part) => !isConstant(part, 0))
  if (needed.some((part) => isConstant(part, 1))) return TRUE
  return needed.length === 0 ? FALSE : needed.length === 1 ? needed[0]! : call('or', ...needed)
}

/** Kleene's "not". */
export function not(part: Expr): Expr {
  if (isConstant(part, 0)) return TRUE
  if (isConstant(part, 1)) return FALSE
  return part.kind === 'call' && part.name === 'not' ? part.args[0]! : call('not', part)
}

/** true when the part is true, false when it is false or unknown. */
export function isTrue(part: Expr): Expr {
  if (part.kind === 'number') return part
  if (part.kind === 'null') return FALSE
  if (part.kind === 'call' && ALWAYS_KNOWN.has(part.name)) return part
  return call('isTrue', part)
}

/** The first value whose condition is true, else the last argument. */
export function choose(branches: readonly { when: Expr; then: Expr }[], otherwise: Expr): Expr {
  const possible = branches.filter((branch) => !isConstant(branch.when, 0) && branch.when.kind !== 'null')
  const certain = possible.findIndex((branch) => isConstant(branch.when, 1))
  const kept = certain < 0 ? possible : possible.slice(0, certain)
  const last = certain < 0 ? otherwise : possible[certain]!.then
  return kept.length === 0 ? last : call('choose', ...kept.flatMap((branch) => [branch.when, branch.then]), last)
}

function isConstant(expr: Expr, value: number): boolean {
  return expr.kind === 'number' && expr.value === value
}

const ALWAYS_KNOWN: ReadonlySet<FunctionName> = new Set(['isTrue', 'isKnown', 'notEmpty'])
