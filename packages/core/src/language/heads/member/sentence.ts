import type { MemberCondition, TreeNode } from '../../document.js'
import { sayThen } from '../../frame/say-then.js'
import type { SayHead, Speaker } from '../../frame/speaker.js'

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
  if ('node' in member) {
    const node = sayNode(member.node, speaker)
    return speaker.pick(`${before}属于节点“${node}”`, `is in node "${node}"${after}`)
  }
  if ('category' in member) {
    const category = speaker.label(speaker.catalog.categories?.get(member.category)?.labels ?? member.category)
    return speaker.pick(`${before}有“${category}”类目下的标签`, `has a tag of category "${category}"${after}`)
  }
  const share = `${Math.round(member.sample.share * 10_000) / 100}%`
  return speaker.pick(
    `在 ${share} 随机样本“${member.sample.seed}”中`,
    `is in the random ${share} sample "${member.sample.seed}"`,
  )
}

/** `客户价值树/高消费`: the names of the tree and the node. */
function sayNode(written: string, speaker: Speaker): string {
  const slash = written.indexOf('/')
  const [id, node] = [written.slice(0, slash), written.slice(slash + 1)]
  const tree = speaker.catalog.definitions.get(id)?.body
  if (tree?.kind !== 'tree') return written
  return `${speaker.label(tree.name)}/${speaker.label(findNode(tree.root, node)?.name ?? node)}`
}

function findNode(node: TreeNode, id: string): TreeNode | undefined {
  if (node.id === id) return node
  for (const child of node.split ?? []) {
    const found = findNode(child, id)
    if (found !== undefined) return found
  }
  return undefined
}
