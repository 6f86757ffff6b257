import type { z } from 'zod'
import { checked, REFUSED } from '../frame/checked.js'
import { described, textOf } from '../frame/described.js'
import { say } from '../frame/message.js'
import type { OperatorModule } from '../frame/operator-module.js'
import { show } from '../frame/zod-issues.js'

const LONGEST = 1000

const piece: z.ZodType<string> = described(
  checked((input, report) => {
    if (typeof input === 'string' && input !== '' && input.length <= LONGEST) return input
    report(
      say(
        `a text of 1 to ${LONGEST} characters is needed here, not ${show(input)}`,
        `此处需要 1 到 ${LONGEST} 个字符的文本`,
      ),
    )
    return REFUSED
  }),
  textOf(LONGEST),
)

/** The text occurs; A to Z match a to z. */
export const contains = textOperator(
  (text) => `含有${text}`,
  (text) => `contains ${text}`,
)
/** The text begins so; A to Z match a to z. */
export const startsWith = textOperator(
  (text) => `以${text}开头`,
  (text) => `starts with ${text}`,
)
/** The text ends so; A to Z match a to z. */
export const endsWith = textOperator(
  (text) => `以${text}结尾`,
  (text) => `ends with ${text}`,
)
/** The same, or below it in a path written with `/`. */
export const under = textOperator(
  (text) => `属于${text}`,
  (text) => `lies within ${text}`,
)

function textOperator(zh: (text: string) => string, en: (text: string) => string): OperatorModule<string> {
  return {
    schema: () => piece,
    kinds: ['text', 'ordered'],
    resolve: () => {},
    sentence: (right, _left, _scope, speaker) => speaker.pick(zh(speaker.literal(right)), en(speaker.literal(right))),
  }
}
