import type { ViaValue } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'
import { reachedScope } from './type.js'

const GETS = {
  count: ['数', 'number of'],
  share: ['占比', 'share of'],
  list: ['列表', 'list of'],
  sum: ['之和', 'sum of the'],
  avg: ['的平均值', 'average'],
  min: ['的最小值', 'smallest'],
  max: ['的最大值', 'largest'],
} as const

/** `{成员}中{条件}的人数` · `number of {members} where {condition}`. */
export const viaSentence: SayHead<ViaValue> = ({ via, role, where, of, get = 'count' }, scope, speaker) => {
  const relation = speaker.catalog.relations.get(via)
  const reached = reachedScope(scope, via)
  const label = speaker.label(relation?.labels ?? via)
  const named = role === undefined ? label : speaker.pick(`${label}（角色“${role}”）`, `${label} (as "${role}")`)
  const whom = where === undefined ? '' : speaker.inner(where, reached)
  const [zh, en] = GETS[get]
  const noun = get === 'count' ? speaker.label(relation?.noun ?? '') : ''
  const value = of === undefined ? '' : speaker.value(of, reached)
  return speaker.pick(
    `${named}${whom === '' ? '' : `中${whom}`}的${value}${noun}${zh}`,
    `${en} ${value === '' ? '' : `${value} of `}${named}${whom === '' ? '' : ` (where ${speaker.condition(where!, reached)})`}`,
  )
}
