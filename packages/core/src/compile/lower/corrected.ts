import { call, choose, number, param } from '../plan/expr.js'
import type { Lowered } from './lowered.js'

/**
 * What a person said a tag's value is, where somebody did, else the computed one. `said`: the codes as a list, an empty
 * one says that the computed value is wrong and no other is known. Only codes can be corrected.
 */
export function corrected(value: Lowered, said: Lowered): Lowered {
  if (said.type !== 'list' || (value.type !== 'code' && value.type !== 'codes')) return value
  const places = call('placesOf', said.expr, param('Array(String)', value.codes))
  if (value.type === 'codes') {
    return { ...value, indexes: choose([{ when: said.known, then: places }], value.indexes) }
  }
  const index = choose([{ when: said.known, then: call('at', places, number(1)) }], value.index)
  return { type: 'code', index, codes: value.codes }
}
