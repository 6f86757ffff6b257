import { type Lowered, millisOf } from '../../../compile/lower/lowered.js'
import { aggregate, call, type Expr } from '../../../compile/plan/expr.js'

/** The distinct texts of a value over rows, unordered; a list gives its elements, a missing value nothing. */
export function distinctTexts(value: Lowered, when: readonly Expr[]): Expr {
  switch (value.type) {
    case 'text':
      return aggregate('distinct', [value.expr], when)
    case 'number':
      return aggregate('distinct', [call('textOfDecimal', value.expr)], when)
    case 'date':
      return aggregate('distinct', [call('textOfNumber', millisOf(value))], when)
    case 'bool':
      return aggregate('distinct', [call('textOfBool', value.expr)], when)
    case 'list':
      return aggregate('distinctOfLists', [value.element === 'text' ? value.expr : call('textsOf', value.expr)], when)
    default:
      return call('list')
  }
}
