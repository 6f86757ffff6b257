import type { Operand, Value } from '../document.js'
import type { OperatorModule } from '../frame/operator-module.js'
import type { Scope, ValueType } from '../frame/scope.js'
import type { Speaker } from '../frame/speaker.js'
import { resolveOperand } from './right-side.js'

const KINDS = ['number', 'text', 'ordered', 'date', 'bool'] as const

/** The same value; texts compare byte by byte. */
export const is: OperatorModule<Operand> = {
  schema: ({ operand }) => operand,
  kinds: KINDS,
  resolve: resolveOperand,
  sentence: (right, left, scope, speaker) =>
    speaker.pick(`为${sayOperand(right, scope, speaker, left)}`, `is ${sayOperand(right, scope, speaker, left)}`),
}

/** Not `is`; unknown when a side is missing. */
export const isNot: OperatorModule<Operand> = {
  schema: ({ operand }) => operand,
  kinds: KINDS,
  resolve: resolveOperand,
  sentence: (right, left, scope, speaker) =>
    speaker.pick(`不为${sayOperand(right, scope, speaker, left)}`, `is not ${sayOperand(right, scope, speaker, left)}`),
}

/** A right side in words; dates stand without quotes. */
export function sayOperand(right: Operand, scope: Scope, speaker: Speaker, left: ValueType | null = null): string {
  if (typeof right !== 'object') return left?.kind === 'date' ? String(right) : speaker.literal(right)
  return scope.stream === null ? speaker.value(right as Value, scope) : speaker.eventValue(right, scope)
}
