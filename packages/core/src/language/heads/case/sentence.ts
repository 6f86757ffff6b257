import type { CaseValue } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'

/** `{条件}为“A”、…` · `"A" if {test}, …`. */
export const caseSentence: SayHead<CaseValue> = (value, scope, speaker) => {
  const branches = value.case.map(({ when, value: code }) => {
    const test = speaker.innerTest(when, scope)
    return speaker.pick(`${test}则${speaker.literal(code)}`, `${speaker.literal(code)} if ${test}`)
  })
  const rest =
    value.otherwise === undefined
      ? []
      : [speaker.pick(`否则${speaker.literal(value.otherwise)}`, `otherwise ${speaker.literal(value.otherwise)}`)]
  return speaker.pick(`归类（${[...branches, ...rest].join('；')}）`, `class (${[...branches, ...rest].join('; ')})`)
}
