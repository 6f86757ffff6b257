import type { Condition, Test } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'

/** `{A}，或{B}` · `{A} or {B}`. */
export const anySentence: SayHead<{ any: Condition[] }> = (group, scope, speaker) =>
  group.any.map((part) => speaker.inner(part, scope)).join(speaker.pick('，或', ' or '))

/** `{A}，或{B}` · `{A} or {B}`. */
export const anyTestSentence: SayHead<{ any: Test[] }> = (group, scope, speaker) =>
  group.any.map((part) => speaker.innerTest(part, scope)).join(speaker.pick('，或', ' or '))
