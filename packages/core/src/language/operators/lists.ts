import type { ListOperand } from '../document.js'
import type { OperatorModule } from '../frame/operator-module.js'
import { sayListOperand } from './list-operand.js'
import { resolveListOperand } from './right-side.js'

/** At least one of the named ones is in the list. */
export const hasAny = listOperator('包含', 'includes', 'or')
/** All of the named ones are in the list. */
export const hasAll = listOperator('同时包含', 'includes', 'and')
/** None of the named ones is in the list. */
export const hasNone = listOperator('不包含', 'does not include', 'or')

function listOperator(zh: string, en: string, joiner: 'and' | 'or'): OperatorModule<ListOperand> {
  return {
    schema: ({ listOperand }) => listOperand,
    kinds: ['list'],
    resolve: resolveListOperand,
    sentence: (right, _left, scope, speaker) => {
      const list = sayListOperand(right, joiner, scope, speaker)
      return speaker.pick(`${zh}${list}`, `${en} ${list}`)
    },
  }
}
