import { call, choose, type Expr, FALSE, missing, number, TRUE } from '../plan/expr.js'
import type { Lowered } from './lowered.js'

/** The value for those inside, missing or blank for everybody else. */
export function inside(scope: Expr, value: Lowered): Lowered {
  if (scope === TRUE) return value
  const only = (then: Expr, otherwise: Expr): Expr => choose([{ when: scope, then }], otherwise)
  switch (value.type) {
    case 'number': {
      const expr = only(value.expr, NOTHING)
      const ratio = value.ratio && { ...value.ratio, under: only(value.ratio.under, NOTHING) }
      return { ...value, expr, ratio, literal: null }
    }
    case 'date':
      return { ...value, expr: only(value.expr, NOTHING), literal: null }
    case 'text':
    case 'bool':
      return { ...value, expr: only(value.expr, NOTHING) }
    case 'list':
      return { ...value, known: only(value.known, FALSE) }
    case 'code':
      return { type: 'code', index: only(value.index, number(0)), codes: value.codes }
    case 'codes':
      return { ...value, indexes: only(value.indexes, call('noCodes')) }
    case 'identity':
    case 'missing':
      return value
  }
}

/** NULL of whatever type stands beside it. */
const NOTHING: Expr = missing('Nothing')
