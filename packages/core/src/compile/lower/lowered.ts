import type { Literal } from '../../language/document.js'
import { call, choose, column, type Expr, missing, number, param } from '../plan/expr.js'

/**
 * A value of a definition as expressions of a plan, one shape per language type. Every expression may be missing (SQL
 * NULL) unless it says otherwise.
 */
export type Lowered =
  | LoweredNumber
  | LoweredText
  | LoweredDate
  | LoweredBool
  | LoweredList
  | LoweredCode
  | LoweredCodes
  | LoweredIdentity
  | LoweredMissing

/**
 * How a number is held: `whole` any integer type; `decimal64`, `decimal128` the engine's decimals of 4 places;
 * `scaled` a 128-bit integer times 10^8. Comparisons stay in the cheapest form, arithmetic is done on `scaled`.
 */
export type NumberForm = 'whole' | 'decimal64' | 'decimal128' | 'scaled'
export interface LoweredNumber {
  readonly type: 'number'
  readonly form: NumberForm
  readonly expr: Expr
  /** Set when the number is a bare quotient: comparisons with a literal are multiplied out. */
  readonly ratio: Ratio | null
  /** Set when it is a constant, times 10^8. */
  readonly literal: bigint | null
}
/** `over / under`; `over` is scaled, `under` is scaled or a plain count. */
export interface Ratio {
  readonly over: Expr
  readonly under: Expr
  readonly underForm: 'whole' | 'scaled'
}
export interface LoweredText {
  readonly type: 'text'
  readonly expr: Expr
}
/** `instant`: the engine's DateTime64(3, UTC); `millis`: a 64-bit integer of ms since 1970. */
export interface LoweredDate {
  readonly type: 'date'
  readonly form: 'instant' | 'millis'
  readonly expr: Expr
  readonly literal: number | null
}
export interface LoweredBool {
  readonly type: 'bool'
  readonly expr: Expr
}
/** A list without missing elements; `known` is never missing. Numbers are decimal64, dates ms. */
export interface LoweredList {
  readonly type: 'list'
  readonly element: 'text' | 'number' | 'date' | 'bool'
  readonly expr: Expr
  readonly known: Expr
}
/** One value of an enumerated family: `index` is its 1-based place in `codes`, 0 when blank, never missing. */
export interface LoweredCode {
  readonly type: 'code'
  readonly index: Expr
  readonly codes: readonly string[]
  /** Whether the value is at one of some places, when there is a cheaper way than comparing `index`. */
  readonly holds?: (places: readonly number[]) => Expr
}
/** Several values of an enumerated family: ascending 1-based places; empty when blank. */
export interface LoweredCodes {
  readonly type: 'codes'
  readonly indexes: Expr
  readonly codes: readonly string[]
}
/** Identities of one kind: never readable, only compared by their blind index. */
export interface LoweredIdentity {
  readonly type: 'identity'
  /** Whether there is one at all; never missing. */
  readonly known: Expr
  /** Whether one of some plain values is among them; never missing. */
  readonly isOneOf: (values: readonly string[]) => Expr
}
/** Missing for everybody, known when the plan is made. */
export interface LoweredMissing {
  readonly type: 'missing'
}

export const MISSING: LoweredMissing = { type: 'missing' }

export function numberOf(form: NumberForm, expr: Expr): LoweredNumber {
  return { type: 'number', form, expr, ratio: null, literal: null }
}

export function literalNumber(scaled: bigint): LoweredNumber {
  return { type: 'number', form: 'scaled', expr: param('Int128', scaled), ratio: null, literal: scaled }
}

export function quotientOf(ratio: Ratio): LoweredNumber {
  const expr = call(ratio.underForm === 'whole' ? 'quotient' : 'div', ratio.over, ratio.under)
  return { type: 'number', form: 'scaled', expr, ratio, literal: null }
}

export function instantOf(expr: Expr): LoweredDate {
  return { type: 'date', form: 'instant', expr, literal: null }
}

export function literalDate(ms: number): LoweredDate {
  return { type: 'date', form: 'millis', expr: param('Int64', ms), literal: ms }
}

/** The number as a 128-bit integer times 10^8. */
export function scaledOf(value: LoweredNumber): Expr {
  switch (value.form) {
    case 'scaled':
      return value.expr
    case 'whole':
      return call('scaleUp', call('wide', value.expr), number(100_000_000))
    case 'decimal64':
      return call('scaleUp', call('unscaled64', value.expr), number(10_000))
    case 'decimal128':
      return call('scaleUp', call('unscaled128', value.expr), number(10_000))
  }
}

/** The date as ms since 1970. */
export function millisOf(value: LoweredDate): Expr {
  return value.form === 'millis' ? value.expr : call('millis', value.expr)
}

/** The text of a value of an enumerated family. */
export function textOfCode(value: LoweredCode): Expr {
  const text = call('pick', param('Array(String)', ['', ...value.codes]), value.index)
  return choose([{ when: call('gt', value.index, number(0)), then: text }], missing('String'))
}

/** The texts of several values of an enumerated family; missing when it is blank. */
export function listOfCodes(value: LoweredCodes): LoweredList {
  return {
    type: 'list',
    element: 'text',
    expr: call('codeTexts', param('Array(String)', value.codes), value.indexes),
    known: call('notEmpty', value.indexes),
  }
}

/** Bound instant of an edge of a window; text because the engine's type keeps milliseconds. */
export function instantParam(ms: number): Expr {
  return param("DateTime64(3,'UTC')", new Date(ms).toISOString().replace('T', ' ').replace('Z', ''))
}

/** Instants the engine's date type can hold, in ms. */
export const FIRST_INSTANT = Date.UTC(1900, 0, 1)
export const LAST_INSTANT = Date.UTC(2299, 11, 31, 23, 59, 59, 999)

export const TS = instantOf(column('ts'))

/** Whether a literal is text after integers are read as text: what codes and text properties are compared with. */
export function literalText(literal: Literal): string | null {
  return typeof literal === 'boolean' ? null : String(literal)
}
