import type { CutValue } from '../../document.js'
import { sayCuts } from '../../frame/say-cut.js'
import type { SayHead } from '../../frame/speaker.js'

/** `{值}的档位（共 5 档 …）` · `tier of {value} ({…})`. */
export const cutSentence: SayHead<CutValue> = ({ cut, at, by, edge, only }, scope, speaker) => {
  const value = speaker.value(cut, scope)
  const cuts = sayCuts(at, edge, by, scope, speaker)
  const whom =
    only === undefined
      ? ''
      : speaker.pick(`，仅限${speaker.inner(only, scope)}者`, `, only where ${speaker.inner(only, scope)}`)
  return speaker.pick(`${value}的档位（${cuts}${whom}）`, `tier of ${value} (${cuts}${whom})`)
}
