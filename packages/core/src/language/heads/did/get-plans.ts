import {
  instantOf,
  type Lowered,
  type LoweredDate,
  type LoweredList,
  MISSING,
  millisOf,
  numberOf,
  quotientOf,
  scaledOf,
} from '../../../compile/lower/lowered.js'
import type { RowsPlan } from '../../../compile/lower/scope.js'
import { aggregate, call, choose, column, type Expr, FALSE, missing, number } from '../../../compile/plan/expr.js'
import type { Get } from '../../document.js'
import { distinctTexts } from './distinct-texts.js'
import type { GetName } from './get-name.js'

interface Asked {
  /** The property the get speaks of. */
  readonly prop: Lowered | null
  /** 1 = the first, for last the last. */
  readonly nth: number
  /** Which number of the gaps between events. */
  readonly gaps: Gaps | null
}
type Gaps = Extract<Get, { gaps: unknown }>['gaps']
export interface GetPlan {
  readonly of: (rows: RowsPlan, asked: Asked) => Lowered
  /** Its value when the window has not begun. */
  readonly missing: Lowered
}

const NO_NUMBER: Lowered = numberOf('scaled', missing('Int128'))
const NO_DATE: Lowered = { type: 'date', form: 'millis', expr: missing('Int64'), literal: null }
const NO_LIST: Lowered = { type: 'list', element: 'text', expr: call('list'), known: FALSE }

/** One entry per get: a new one does not compile until it is here. */
export const GET_PLANS: Readonly<Record<GetName, GetPlan>> = {
  count: {
    of: (rows) => numberOf('whole', rows.leaf(aggregate('count', [], rows.when))),
    missing: NO_NUMBER,
  },
  days: {
    of: (rows) => numberOf('whole', rows.leaf(aggregate('countDistinct', [rows.localDay()], rows.when))),
    missing: NO_NUMBER,
  },
  firstAt: { of: (rows, { nth }) => momentOf(rows, 'earliest', nth), missing: NO_DATE },
  lastAt: { of: (rows, { nth }) => momentOf(rows, 'latest', -nth), missing: NO_DATE },
  span: {
    of: (rows) => {
      const ms = call('minus', millisOf(momentOf(rows, 'latest', -1)), millisOf(momentOf(rows, 'earliest', 1)))
      // Minutes with 4 decimals: 60,000 ms = 1.0000.
      return numberOf('scaled', call('scaleUp', call('wide', call('wholeDivide', ms, number(6))), number(10_000)))
    },
    missing: NO_NUMBER,
  },
  sum: { of: (rows, { prop }) => ofNumber(prop, (one) => sumOf(rows, one)), missing: NO_NUMBER },
  avg: {
    of: (rows, { prop }) =>
      ofNumber(prop, (one) => {
        const known = aggregate('count', [], [...rows.when, call('isKnown', one)])
        return quotientOf({ over: scaledOf(sumOf(rows, one)), under: rows.leaf(known), underForm: 'whole' })
      }),
    missing: NO_NUMBER,
  },
  min: { of: (rows, { prop }) => extremeOf(rows, prop, 'min'), missing: NO_NUMBER },
  max: { of: (rows, { prop }) => extremeOf(rows, prop, 'max'), missing: NO_NUMBER },
  distinct: {
    of: (rows, { prop }) => {
      if (prop === null || prop.type === 'missing') return numberOf('whole', number(0))
      if (prop.type === 'list') {
        return numberOf('whole', rows.leaf(call('count', distinctTexts(prop, rows.when))))
      }
      if (prop.type === 'code' || prop.type === 'codes' || prop.type === 'identity') return MISSING
      return numberOf('whole', rows.leaf(aggregate('countDistinct', [prop.expr], rows.when)))
    },
    missing: NO_NUMBER,
  },
  first: { of: (rows, { prop, nth }) => propAt(rows, prop, nth), missing: MISSING },
  last: { of: (rows, { prop, nth }) => propAt(rows, prop, -nth), missing: MISSING },
  values: {
    of: (rows, { prop }) => {
      const known = call('gt', rows.leaf(aggregate('count', [], rows.when)), number(0))
      if (prop === null || prop.type === 'missing') return { type: 'list', element: 'text', expr: call('list'), known }
      const kept = rows.leaf(call('firstThousand', distinctTexts(prop, rows.when)))
      return { type: 'list', element: 'text', expr: kept, known }
    },
    missing: NO_LIST,
  },
  gaps: {
    of: (rows, { gaps }) => {
      // The lines of one event are one moment.
      const moments = aggregate('distinct', [call('pair', call('millis', column('ts')), column('seq'))], rows.when)
      const times = rows.repeats
        ? call('part', call('sorted', moments), number(1))
        : aggregate('sortedValues', [call('millis', column('ts'))], rows.when)
      return numberOf('scaled', rows.leaf(call(GAPS[gaps ?? 'avg'], times)))
    },
    missing: NO_NUMBER,
  },
}

const GAPS = {
  avg: 'gapsAvg',
  min: 'gapsMin',
  max: 'gapsMax',
  median: 'gapsMedian',
  sd: 'gapsDeviation',
} as const satisfies Readonly<Record<Gaps, string>>

function ofNumber(prop: Lowered | null, plan: (column: Expr) => Lowered): Lowered {
  return prop?.type === 'number' && prop.form === 'decimal64' ? plan(prop.expr) : NO_NUMBER
}

/** Sum of the known values, 0 when there are none. */
function sumOf(rows: RowsPlan, value: Expr) {
  return numberOf('decimal128', rows.leaf(call('ifNull', aggregate('sum', [value], rows.when), number(0))))
}

function extremeOf(rows: RowsPlan, prop: Lowered | null, name: 'min' | 'max'): Lowered {
  if (prop?.type === 'number') return { ...prop, expr: rows.leaf(aggregate(name, [prop.expr], rows.when)) }
  if (prop?.type === 'date') return { ...prop, expr: rows.leaf(aggregate(name, [prop.expr], rows.when)) }
  return NO_NUMBER
}

/** The moment of the nth row; negative counts from the end. */
function momentOf(rows: RowsPlan, name: 'earliest' | 'latest', nth: number): LoweredDate {
  if (nth === 1 || nth === -1) return instantOf(rows.leaf(aggregate(name, [column('ts')], rows.when)))
  const sorted = aggregate('sortedValues', [column('ts')], rows.when)
  const enough = call('gte', call('count', sorted), number(Math.abs(nth)))
  const moment = choose([{ when: enough, then: call('millis', call('at', sorted, number(nth))) }], missing('Int64'))
  return { type: 'date', form: 'millis', expr: rows.leaf(moment), literal: null }
}

/** The property of the nth row in their order; missing when that row lacks it. */
function propAt(rows: RowsPlan, prop: Lowered | null, nth: number): Lowered {
  if (prop === null || prop.type === 'missing' || prop.type === 'identity') return MISSING
  if (prop.type === 'code' || prop.type === 'codes') return MISSING
  if (prop.type === 'list') {
    const list: LoweredList = { ...prop, expr: valueAt(rows, prop.expr, nth), known: valueAt(rows, prop.known, nth) }
    return list
  }
  // The engine would skip rows without the property: value and presence are read each from the very same row.
  const known = valueAt(rows, call('isKnown', prop.expr), nth)
  const value = valueAt(rows, call('known', prop.expr), nth)
  return { ...prop, expr: choose([{ when: call('gt', known, number(0)), then: value }], missing('Nothing')) }
}

/** An expression that is never missing, for the nth row; 0, empty or '' when there is none. */
function valueAt(rows: RowsPlan, value: Expr, nth: number): Expr {
  const key = call('rowKey', ...rows.order)
  if (nth === 1 || nth === -1) {
    return rows.leaf(aggregate(nth === 1 ? 'firstBy' : 'lastBy', [value, key], rows.when))
  }
  const sorted = aggregate('sortedRows', [key, value], rows.when)
  return rows.leaf(call('part', call('at', sorted, number(nth)), number(2)))
}
