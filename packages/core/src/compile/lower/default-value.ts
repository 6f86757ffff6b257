import type { Literal } from '../../language/document.js'
import { call, choose, type Expr, number, param, TRUE } from '../plan/expr.js'
import { type Lowered, type LoweredList, literalText, millisOf } from './lowered.js'
import { defaultNumber } from './numbers.js'
import { lowerLiteral, type OperatorScope } from './operators.js'

/** The value, or a literal where it is missing. A literal of another type stands for nothing. */
export function withDefault(value: Lowered, literal: Literal, scope: Pick<OperatorScope, 'instant'>): Lowered {
  const fallback = lowerLiteral(literal, value, scope)
  if (value.type === 'missing') {
    return typeof literal === 'number' ? lowerLiteral(literal, NUMBER, scope) : fallback
  }
  if (value.type === 'number' && fallback.type === 'number') return defaultNumber(value, fallback.literal!)
  if (value.type === 'date' && fallback.type === 'date') {
    return { type: 'date', form: 'millis', expr: call('ifNull', millisOf(value), fallback.expr), literal: null }
  }
  if (value.type === 'text' && fallback.type === 'text')
    return { ...value, expr: call('ifNull', value.expr, fallback.expr) }
  if (value.type === 'bool' && fallback.type === 'bool')
    return { ...value, expr: call('ifNull', value.expr, fallback.expr) }
  const text = literalText(literal)
  if (text === null) return value
  if (value.type === 'code') {
    const codes = value.codes.includes(text) ? value.codes : [...value.codes, text]
    const isBlank = call('eq', value.index, number(0))
    return {
      type: 'code',
      index: choose([{ when: isBlank, then: number(codes.indexOf(text) + 1) }], value.index),
      codes,
    }
  }
  if (value.type === 'codes') {
    const codes = value.codes.includes(text) ? value.codes : [...value.codes, text]
    const place: Expr = param('Array(UInt16)', [codes.indexOf(text) + 1])
    return {
      type: 'codes',
      indexes: choose([{ when: call('notEmpty', value.indexes), then: value.indexes }], place),
      codes,
    }
  }
  if (value.type === 'list' && value.element === 'text') {
    const list: LoweredList = {
      ...value,
      expr: choose([{ when: value.known, then: value.expr }], param('Array(String)', [text])),
      known: TRUE,
    }
    return list
  }
  return value
}

const NUMBER: Lowered = { type: 'number', form: 'whole', expr: number(0), ratio: null, literal: null }
