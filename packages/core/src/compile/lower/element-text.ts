import { call, choose, type Expr, missing } from '../plan/expr.js'
import { type Lowered, type LoweredList, millisOf, scaledOf, textOfCode } from './lowered.js'

/** A value as the text it is in lists and groups: the same as `elementText` of the evaluator; missing stays missing. */
export function elementTextOf(value: Lowered): Expr {
  switch (value.type) {
    case 'text':
      return value.expr
    case 'number':
      if (value.form === 'whole') return call('textOfNumber', value.expr)
      return value.form === 'scaled' ? call('textOfScaled', scaledOf(value)) : call('textOfDecimal', value.expr)
    case 'date':
      return call('textOfNumber', millisOf(value))
    case 'bool':
      return call('textOfBool', value.expr)
    case 'code':
      return textOfCode(value)
    default:
      return missing('String')
  }
}

/** The elements of a list as texts; empty when the list is not there. */
export function listTexts(value: LoweredList): Expr {
  const texts = value.element === 'text' ? value.expr : call('textsOf', value.expr)
  return choose([{ when: value.known, then: texts }], call('list'))
}
