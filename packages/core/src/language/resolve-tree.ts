import type { TreeDefinition, TreeNode } from './document.js'
import type { Resolving } from './frame/resolving.js'
import type { Scope, ValueType } from './frame/scope.js'
import { isTailOnly } from './frame/which.js'
import { resolveRealtime } from './realtime.js'

/** What is asked at each node of a tree; its branches may compare with the value beside their parent. */
export function resolveTree(tree: TreeDefinition, scope: Scope, resolving: Resolving): void {
  resolveNode(tree.root, '/root', null, scope, resolving)
  if (tree.refresh === 'realtime') resolveRealtime(tree, resolving)
}

interface By {
  readonly type: ValueType | null
  readonly value: NonNullable<TreeNode['by']>
}

function resolveNode(node: TreeNode, at: string, by: By | null, scope: Scope, resolving: Resolving): void {
  const { when } = node
  if (when !== undefined) {
    if (!isTailOnly(when)) resolving.condition(when, `${at}/when`, scope)
    else if (by !== null) resolving.tail(when, { ...by, at: `${at}/when` }, scope)
  }
  const own = node.by === undefined ? null : { type: resolving.value(node.by, `${at}/by`, scope), value: node.by }
  for (const [index, child] of (node.split ?? []).entries()) {
    resolveNode(child, `${at}/split/${index}`, own, scope, resolving)
  }
}
