import { z } from 'zod'
import type { Operand } from '../document.js'
import { checked, REFUSED } from '../frame/checked.js'
import { described } from '../frame/described.js'
import { say } from '../frame/message.js'
import type { OperatorModule } from '../frame/operator-module.js'
import { messagesOf } from '../frame/zod-issues.js'
import { sayOperand } from './equality.js'
import { resolveRank } from './order.js'
import { resolveOperand } from './right-side.js'

/** From one end to the other, both included. */
export const between: OperatorModule<[Operand, Operand]> = {
  schema: ({ operand }) => {
    const pair = z.tuple([operand, operand])
    return described(
      checked((input, report) => {
        if (!Array.isArray(input) || input.length !== 2) {
          report(say('between takes two ends, for example [10, 20]', 'between 需要两端，例如 [10, 20]'))
          return REFUSED
        }
        const read = pair.safeParse(input)
        if (read.success) return read.data
        for (const { path, message } of messagesOf(read.error.issues, { name: 'between', fields: [] }, input)) {
          report(message, ...path)
        }
        return REFUSED
      }),
      (json) => json(pair),
    )
  },
  kinds: ['number', 'date', 'ordered'],
  resolve: (right, left, at, scope, resolving) => {
    for (const [index, side] of right.entries()) {
      resolveOperand(side, left, `${at}/${index}`, scope, resolving)
      resolveRank(side, left, `${at}/${index}`, scope, resolving)
    }
    const [low, high] = right
    const isEmpty = typeof low === 'number' && typeof high === 'number' && low > high
    if (isEmpty)
      resolving.report(at, say('the first end is above the second: nothing lies between', '起点大于终点，中间没有值'))
  },
  sentence: ([low, high], left, scope, speaker) => {
    const [from, to] = [sayOperand(low, scope, speaker, left), sayOperand(high, scope, speaker, left)]
    return speaker.pick(`在${from}到${to}之间`, `is between ${from} and ${to}`)
  },
}
