import type { Condition, Test } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'

/** `并非（A）` · `not (A)`. */
export const notSentence: SayHead<{ not: Condition }> = (group, scope, speaker) => {
  const inside = speaker.condition(group.not, scope)
  return speaker.pick(`并非（${inside}）`, `not (${inside})`)
}

/** `并非（A）` · `not (A)`. */
export const notTestSentence: SayHead<{ not: Test }> = (group, scope, speaker) => {
  const inside = speaker.test(group.not, scope)
  return speaker.pick(`并非（${inside}）`, `not (${inside})`)
}
