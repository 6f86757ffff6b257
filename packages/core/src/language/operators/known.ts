import type { z } from 'zod'
import { checked, REFUSED } from '../frame/checked.js'
import { described } from '../frame/described.js'
import { say } from '../frame/message.js'
import type { OperatorModule } from '../frame/operator-module.js'

const yesOrNo: z.ZodType<boolean> = described(
  checked((input, report) => {
    if (typeof input === 'boolean') return input
    report(say('known is true or false', 'known 只能是 true 或 false'))
    return REFUSED
  }),
  { type: 'boolean' },
)

/** Whether there is a value; never unknown itself. */
export const known: OperatorModule<boolean> = {
  schema: () => yesOrNo,
  kinds: ['number', 'text', 'ordered', 'date', 'bool', 'list'],
  resolve: () => {},
  sentence: (right, _left, _scope, speaker) =>
    right ? speaker.pick('有值', 'is known') : speaker.pick('没有值', 'is not known'),
}
