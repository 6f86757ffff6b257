import { call, choose, missing, number, param } from '../plan/expr.js'
import type { Lowered } from './lowered.js'

/**
 * What a person said a tag's value is, where somebody did, else the computed one. `said`: the codes as a list, an empty
 * one says that the computed value is wrong and no other is known. `codes`: those of the tag; others do not count.
 */
export function corrected(value: Lowered, said: Lowered, codes: readonly string[]): Lowered {
  if (said.type !== 'list') return value
  const names = param('Array(String)', value.type === 'code' || value.type === 'codes' ? value.codes : codes)
  const places = call('placesOf', said.expr, names)
  const first = call('at', places, number(1))
  switch (value.type) {
    case 'codes':
      return { ...value, indexes: choose([{ when: said.known, then: places }], value.indexes) }
    case 'code':
      return { type: 'code', index: choose([{ when: said.known, then: first }], value.index), codes: value.codes }
    case 'text': {
      const name = choose([{ when: call('gt', first, number(0)), then: call('at', names, first) }], missing('String'))
      return { type: 'text', expr: choose([{ when: said.known, then: name }], value.expr) }
    }
    case 'list': {
      const known = choose([{ when: said.known, then: call('notEmpty', places) }], value.known)
      const expr = choose([{ when: said.known, then: call('codeTexts', names, places) }], value.expr)
      return { ...value, expr, known }
    }
    default:
      return value
  }
}
