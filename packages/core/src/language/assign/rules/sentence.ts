import type { RulesAssign } from '../../document.js'
import { type SayWay, sayCode } from '../../frame/say-way.js'

/** `若{…}则为{值}；否则为{值}` · `{value} if {…}; otherwise {value}`. */
export const rulesSentence: SayWay<RulesAssign> = ({ rules, otherwise }, tag, scope, speaker) => {
  const parts = rules.map(({ value, when }) => {
    const code = sayCode(value, tag, speaker)
    const condition = speaker.condition(when, scope)
    return speaker.pick(`若${condition}，则为${code}`, `${code} if ${condition}`)
  })
  const rest =
    otherwise === undefined
      ? []
      : [speaker.pick(`否则为${sayCode(otherwise, tag, speaker)}`, `otherwise ${sayCode(otherwise, tag, speaker)}`)]
  return [...parts, ...rest].join(speaker.pick('；', '; '))
}
