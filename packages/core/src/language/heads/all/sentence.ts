import type { Condition, Test } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'

/** `{A}，且{B}` · `{A} and {B}`. */
export const allSentence: SayHead<{ all: Condition[] }> = (group, scope, speaker) =>
  group.all.map((part) => speaker.inner(part, scope)).join(speaker.pick('，且', ' and '))

/** `{A}，且{B}` · `{A} and {B}`. */
export const allTestSentence: SayHead<{ all: Test[] }> = (group, scope, speaker) =>
  group.all.map((part) => speaker.innerTest(part, scope)).join(speaker.pick('，且', ' and '))
