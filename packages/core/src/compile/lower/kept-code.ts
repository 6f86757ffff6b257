import { call, choose, number, param } from '../plan/expr.js'
import type { Lowered } from './lowered.js'

/** The code now, or the former one where there is none now; other values have nothing to fall back on. */
export function keptCode(now: Lowered, former: Lowered): Lowered {
  if (now.type !== 'code' || former.type !== 'code') return now
  const codes = [...new Set([...now.codes, ...former.codes])]
  const places = [0, ...former.codes.map((code) => codes.indexOf(code) + 1)]
  const kept = call('pick', param('Array(UInt16)', places), former.index)
  return { type: 'code', index: choose([{ when: call('gt', now.index, number(0)), then: now.index }], kept), codes }
}
