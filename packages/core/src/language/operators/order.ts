import type { Operand } from '../document.js'
import { say } from '../frame/message.js'
import type { OperatorModule } from '../frame/operator-module.js'
import type { Left, Resolving } from '../frame/resolving.js'
import type { Scope, ValueType } from '../frame/scope.js'
import { findType } from '../type-of.js'
import { sayOperand } from './equality.js'
import { resolveOperand } from './right-side.js'

/** Words for number, date and ordered, in this order. */
type Words = readonly [number: string, date: string, ordered: string]

export const gt = comparison(['大于', '晚于', '高于'], ['is more than', 'is after', 'is above'])
export const gte = comparison(['不低于', '不早于', '不低于'], ['is at least', 'is on or after', 'is at least'])
export const lt = comparison(['小于', '早于', '低于'], ['is less than', 'is before', 'is below'])
export const lte = comparison(['不超过', '不晚于', '不高于'], ['is at most', 'is on or before', 'is at most'])

function comparison(zh: Words, en: Words): OperatorModule<Operand> {
  return {
    schema: ({ operand }) => operand,
    kinds: ['number', 'date', 'ordered'],
    resolve: (right, left, at, scope, resolving) => {
      resolveOperand(right, left, at, scope, resolving)
      resolveRank(right, left, at, scope, resolving)
    },
    sentence: (right, left, scope, speaker) => {
      const word = left?.kind === 'date' ? 1 : left?.kind === 'ordered' ? 2 : 0
      const side = sayOperand(right, scope, speaker, left)
      return speaker.pick(`${zh[word]}${side}`, `${en[word]} ${side}`)
    },
  }
}

/** Ranks compare only within one known order. */
export function resolveRank(right: Operand, left: Left, at: string, scope: Scope, resolving: Resolving): void {
  if (left.type?.kind !== 'ordered') return
  if (left.type.codes === null) {
    resolving.report(
      at,
      say(
        'the tag is ordered but its order is not known: list its values: from lowest to highest',
        '该标签有序但未列出顺序：请在 values: 中由低到高列出取值',
      ),
    )
    return
  }
  const type = typeof right === 'object' ? findType(right, scope) : null
  if (type !== null && !sameOrder(left.type, type)) {
    resolving.report(at, say('ranks compare only within one order of values', '只能在同一组有序取值之间比较高低'))
  }
}

function sameOrder(left: ValueType & { kind: 'ordered' }, right: ValueType): boolean {
  if (right.kind !== 'ordered') return right.kind !== 'text'
  return right.codes !== null && right.codes.join('\u0000') === left.codes?.join('\u0000')
}
