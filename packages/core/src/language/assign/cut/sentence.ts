import type { CutAssign } from '../../document.js'
import { sayCuts } from '../../frame/say-cut.js'
import { type SayWay, sayCode } from '../../frame/say-way.js'

/** `{值}分 4 档（…）：{名}、…` · `{value} in 4 tiers (…): {names}`. */
export const cutAssignSentence: SayWay<CutAssign> = ({ cut, at, values, by, edge }, tag, scope, speaker) => {
  const value = speaker.value(cut, scope)
  const cuts = sayCuts(at, edge, by, scope, speaker)
  const names = values.map((code) => sayCode(code, tag, speaker)).join(speaker.pick('、', ', '))
  return speaker.pick(`${value}${cuts}，由低到高：${names}`, `${value} in ${cuts}, from low to high: ${names}`)
}
