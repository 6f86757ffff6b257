import { nearest } from '../../../kernel/nearest.js'
import type { MemberCondition, TreeNode } from '../../document.js'
import { otherSubject, resolveDefinitionReference } from '../../frame/definition-reference.js'
import { say, sayNearest } from '../../frame/message.js'
import type { ResolveHead, Resolving } from '../../frame/resolving.js'
import type { Scope } from '../../frame/scope.js'
import { resolveThen } from '../../frame/then.js'

/** What is named exists and is about the same subject. */
export const memberResolve: ResolveHead<MemberCondition> = (condition, at, scope, resolving) => {
  const { member } = condition
  const place = `${at}/member`
  if ('segment' in member) resolveSegment(condition, member.segment, at, scope, resolving)
  else if ('list' in member) resolveList(member.list, `${place}/list`, scope, resolving)
  else if ('node' in member) resolveTreeNode(member.node, `${place}/node`, scope, resolving)
  else if ('category' in member) resolveCategory(member.category, `${place}/category`, resolving)
  else refuseThen(condition, at, say('a sample is the same at every moment', '抽样在任何时刻都相同'), resolving)
  resolveThen(condition, at, resolving)
}

function resolveSegment(condition: MemberCondition, id: string, at: string, scope: Scope, resolving: Resolving): void {
  resolveDefinitionReference('segment', id, `${at}/member/segment`, scope, resolving)
  const segment = resolving.catalog.definitions.get(id)?.body
  if (segment?.kind !== 'segment' || segment.take === undefined) return
  const message = say(
    `segment "${id}" is a snapshot (take): only the one published last can be asked for`,
    `人群“${id}”是快照（take）：只能使用最近发布的一份`,
  )
  refuseThen(condition, at, message, resolving)
}

/** The list exists and is about the same subject. */
export function resolveList(id: string, at: string, scope: Scope, { catalog, uses, report }: Resolving): void {
  const list = catalog.lists.get(id)
  uses.name('lists', id)
  if (!list) report(at, sayNearest(`no list "${id}"`, `没有名单“${id}”`, nearest(id, catalog.lists.keys())))
  else if (list.subject !== scope.subject) {
    report(at, otherSubject(`list "${id}"`, `名单“${id}”`, list.subject, scope.subject))
  } else if (list.holds === 'values') {
    report(
      at,
      say(
        `list "${id}" holds values, nobody is on it: compare with in: { list: ${id} }`,
        `名单“${id}”存放的是取值，没有主体：请用 in: { list: ${id} } 比较`,
      ),
    )
  }
}

function resolveTreeNode(written: string, at: string, scope: Scope, resolving: Resolving): void {
  const slash = written.indexOf('/')
  const [id, node] = [written.slice(0, slash), written.slice(slash + 1)]
  if (!resolveDefinitionReference('tree', id, at, scope, resolving)) return
  const tree = resolving.catalog.definitions.get(id)?.body
  if (tree?.kind !== 'tree') return
  const nodes = nodesOf(tree.root)
  if (nodes.includes(node)) return
  const near = nearest(node, nodes)
  resolving.report(at, sayNearest(`tree "${id}" has no node "${node}"`, `决策树“${id}”没有节点“${node}”`, near))
}

function nodesOf(node: TreeNode): string[] {
  return [node.id, ...(node.split ?? []).flatMap(nodesOf)]
}

function resolveCategory(id: string, at: string, resolving: Resolving): void {
  const { categories } = resolving.catalog
  const category = categories?.get(id)
  if (!category) {
    const near = nearest(id, categories?.keys() ?? [])
    resolving.report(at, sayNearest(`no category "${id}"`, `没有类目“${id}”`, near))
    return
  }
  for (const tag of category.tags) {
    const cycle = resolving.cycleThrough(tag)
    if (cycle === null) continue
    const path = cycle.join(' → ')
    resolving.report(at, say(`this makes a cycle: ${path}`, `形成循环：${path}`))
    return
  }
  for (const tag of category.tags) resolving.uses.name('tags', tag)
}

function refuseThen(
  condition: MemberCondition,
  at: string,
  message: ReturnType<typeof say>,
  resolving: Resolving,
): void {
  for (const field of ['ago', 'at'] as const) {
    if (condition[field] !== undefined) resolving.report(`${at}/${field}`, message)
  }
}
