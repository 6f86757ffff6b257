import type { MemberCondition } from '../../document.js'
import { sayThen } from '../../frame/say-then.js'
import type { SayHead } from '../../frame/speaker.js'

/** `属于人群“X”` · `is in segment "X"`. */
export const memberSentence: SayHead<MemberCondition> = (condition, _scope, speaker) => {
  const { member } = condition
  const then = sayThen(condition, speaker)
  const before = then.before.replace(/的$/, '')
  const { after } = then
  const nameOf = (id: string) => speaker.label(speaker.catalog.definitions.get(id)?.body.name ?? id)
  if ('segment' in member) {
    return speaker.pick(
      `${before}属于人群“${nameOf(member.segment)}”`,
      `is in segment "${nameOf(member.segment)}"${after}`,
    )
  }
  if ('list' in member) {
    const label = speaker.label(speaker.catalog.lists.get(member.list)?.labels ?? member.list)
    return speaker.pick(`${before}在名单“${label}”中`, `is on the list "${label}"${after}`)
  }
  if ('node' in member) return speaker.pick(`${before}属于节点“${member.node}”`, `is in node "${member.node}"${after}`)
  if ('category' in member) {
    return speaker.pick(
      `${before}有“${member.category}”类目下的标签`,
      `has a tag of category "${member.category}"${after}`,
    )
  }
  const share = `${Math.round(member.sample.share * 10_000) / 100}%`
  return speaker.pick(
    `在 ${share} 随机样本“${member.sample.seed}”中`,
    `is in the random ${share} sample "${member.sample.seed}"`,
  )
}
