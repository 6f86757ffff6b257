import { asList } from './lower/compare.js'
import { type Lowered, scaledOf } from './lower/lowered.js'
import { call, choose, type Expr, missing } from './plan/expr.js'

/** How a column of the result holds a definition's value. */
export type OutputType = 'code' | 'codes' | 'text' | 'list' | 'number' | 'date' | 'bool'

export interface OutputColumn {
  readonly definitionId: string
  /** Name of the column: v_0, v_1 … in the order of the definitions. */
  readonly column: string
  /**
   * code: UInt16, the 1-based place in `codes`, 0 blank · codes: Array(UInt16), empty blank · text: Nullable(String) ·
   * list: Array(String), empty also when missing · number: Nullable(Int128), times 10^8 · date: Nullable(DateTime64(3)) ·
   * bool: Nullable(UInt8); a segment's is 1 in, 0 not, NULL unknown.
   */
  readonly type: OutputType
  readonly codes: readonly string[]
}

/** A value as its column. */
export function outputOf(value: Lowered): { type: OutputType; codes: readonly string[]; expr: Expr } {
  switch (value.type) {
    case 'number':
      return plain('number', call('asNumber', scaledOf(value)))
    case 'text':
      return plain('text', call('asText', value.expr))
    case 'bool':
      return plain('bool', call('asBool', value.expr))
    case 'date': {
      const instant = value.form === 'instant' ? value.expr : call('instantOfMillis', value.expr)
      return plain('date', call('asDate', instant))
    }
    case 'code':
      return { type: 'code', codes: value.codes, expr: call('asCode', value.index) }
    case 'codes':
      return { type: 'codes', codes: value.codes, expr: call('asCodes', value.indexes) }
    case 'list': {
      const list = asList(value)!
      const texts = list.element === 'text' ? list.expr : call('textsOf', list.expr)
      return plain('list', call('asList', choose([{ when: list.known, then: texts }], call('list'))))
    }
    case 'identity':
    case 'missing':
      return plain('text', call('asText', missing('String')))
  }
}

function plain(type: OutputType, expr: Expr) {
  return { type, codes: [], expr }
}
