import type { Operand } from '../document.js'
import type { OperatorModule } from '../frame/operator-module.js'
import type { Scope } from '../frame/scope.js'
import type { Speaker } from '../frame/speaker.js'
import { resolveOperand } from './right-side.js'

const KINDS = ['number', 'text', 'ordered', 'date', 'bool'] as const

/** The same value; texts compare byte by byte. */
export const is: OperatorModule<Operand> = {
  schema: ({ operand }) => operand,
  kinds: KINDS,
  resolve: resolveOperand,
  sentence: (right, _left, scope, speaker) =>
    speaker.pick(`为${sayOperand(right, scope, speaker)}`, `is ${sayOperand(right, scope, speaker)}`),
}

/** Not `is`; unknown when a side is missing. */
export const isNot: OperatorModule<Operand> = {
  schema: ({ operand }) => operand,
  kinds: KINDS,
  resolve: resolveOperand,
  sentence: (right, _left, scope, speaker) =>
    speaker.pick(`不为${sayOperand(right, scope, speaker)}`, `is not ${sayOperand(right, scope, speaker)}`),
}

/** A right side in words. */
export function sayOperand(right: Operand, scope: Scope, speaker: Speaker): string {
  if (typeof right !== 'object') return speaker.literal(right)
  return scope.stream === null ? speaker.value(right as never, scope) : speaker.eventValue(right, scope)
}
