import type { AssignScope, PlanAssign } from '../../../compile/lower/assign-scope.js'
import { type Lowered, MISSING } from '../../../compile/lower/lowered.js'
import { call, choose, isTrue, number, param } from '../../../compile/plan/expr.js'
import type { GivenAssign, Span, TagDefinition } from '../../document.js'
import { givenAttribute } from './attribute.js'

/** What staff or a file gave last, kept as an attribute; SQL and models give their values in runs of their own. */
export const planGiven: PlanAssign<GivenAssign> = ({ given, expires }, tag, scope, path) => {
  if (typeof given === 'object') return scope.lastGiven(tag)
  return listedOnly(assertedValue(tag, expires, scope, path), tag)
}

function assertedValue(tag: TagDefinition, expires: Span | undefined, scope: AssignScope, path: string): Lowered {
  const value = scope.attributeGiven(givenAttribute(tag.id), expires)
  const wanted = tag.family === 'multi' ? 'list' : 'text'
  if (value.type === wanted || value.type === 'missing') return value
  scope.warn(`what was given for the tag is kept as ${value.type}, it must be ${wanted}`, `${path}/given`)
  return MISSING
}

/** A tag that lists its values knows no others. */
function listedOnly(value: Lowered, tag: TagDefinition): Lowered {
  const codes = (tag.values ?? []).map((one) => String(one.code))
  if (codes.length === 0) return value
  const known = param('Array(String)', codes)
  if (value.type === 'text') {
    const place = call('indexOf', known, value.expr)
    return {
      type: 'code',
      index: choose([{ when: isTrue(call('isKnown', value.expr)), then: place }], number(0)),
      codes,
    }
  }
  if (value.type !== 'list') {
    const isMulti = tag.family === 'multi'
    return isMulti ? { type: 'codes', indexes: call('noCodes'), codes } : { type: 'code', index: number(0), codes }
  }
  const places = choose([{ when: value.known, then: call('placesOf', value.expr, known) }], call('noCodes'))
  return { type: 'codes', indexes: places, codes }
}
