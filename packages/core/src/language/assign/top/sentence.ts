import type { TopAssign } from '../../document.js'
import type { SayWay } from '../../frame/say-way.js'
import { sayStreamParts } from '../../heads/did/sentence.js'

/** `{窗口}{事件}最多的 3 个{属性}` · `the 3 most frequent {property} of {event}`. */
export const topSentence: SayWay<TopAssign> = (assign, _tag, scope, speaker) => {
  const { top, did, each, where, within, n = 1, weight } = assign
  const parts = sayStreamParts(did, each, where, within, scope, speaker, 'noun')
  const prop = speaker.prop(top, parts.rows)
  const weighted = weight?.sum === undefined ? '' : speaker.prop(weight.sum, parts.rows)
  const how = speaker.pick(
    weighted === '' ? '最多' : `${weighted}最高`,
    weighted === '' ? 'most frequent' : `by ${weighted} highest`,
  )
  const window = parts.window === '' ? '' : ` ${parts.window}`
  return speaker.pick(
    `${parts.window}${parts.event}${parts.where}${how}的${n === 1 ? '' : ` ${n} 个`}${prop}`,
    `the ${n === 1 ? '' : `${n} `}${how} ${prop} of ${parts.event}${parts.where}${window}`,
  )
}
