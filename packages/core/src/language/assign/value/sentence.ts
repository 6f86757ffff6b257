import type { ValueAssign } from '../../document.js'
import type { SayWay } from '../../frame/say-way.js'

/** `等于{值}` · `equals {value}`. */
export const valueAssignSentence: SayWay<ValueAssign> = ({ value }, _tag, scope, speaker) => {
  const said = speaker.value(value, scope)
  return speaker.pick(`等于${said}`, `equals ${said}`)
}
