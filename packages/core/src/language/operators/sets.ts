import type { ListOperand } from '../document.js'
import type { OperatorModule } from '../frame/operator-module.js'
import { sayListOperand } from './list-operand.js'
import { resolveListOperand } from './right-side.js'

const KINDS = ['text', 'ordered'] as const

/** One of a list. */
export const isIn: OperatorModule<ListOperand> = {
  schema: ({ listOperand }) => listOperand,
  kinds: KINDS,
  resolve: resolveListOperand,
  sentence: (right, _left, scope, speaker) => {
    const list = sayListOperand(right, 'or', scope, speaker)
    return speaker.pick(`为${list}`, `is ${list}`)
  },
}

/** Not `in`; unknown when the value is missing. */
export const notIn: OperatorModule<ListOperand> = {
  schema: ({ listOperand }) => listOperand,
  kinds: KINDS,
  resolve: resolveListOperand,
  sentence: (right, _left, scope, speaker) => {
    const list = sayListOperand(right, 'or', scope, speaker)
    return speaker.pick(`不为${list}`, `is not ${list}`)
  },
}
