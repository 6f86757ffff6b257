import { elementTextOf } from '../../../compile/lower/element-text.js'
import { type Lowered, listOfCodes } from '../../../compile/lower/lowered.js'
import { aggregate, call, type Expr } from '../../../compile/plan/expr.js'

/** The distinct texts of a value over rows, unordered; a list gives its elements, a missing value nothing. */
export function distinctTexts(value: Lowered, when: readonly Expr[]): Expr {
  switch (value.type) {
    case 'list': {
      const texts = value.element === 'text' ? value.expr : call('textsOf', value.expr)
      return aggregate('distinctOfLists', [texts], when)
    }
    case 'codes':
      return aggregate('distinctOfLists', [listOfCodes(value).expr], when)
    case 'identity':
    case 'missing':
      return call('list')
    default:
      return aggregate('distinct', [elementTextOf(value)], when)
  }
}
