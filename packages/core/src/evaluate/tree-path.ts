import type { TreeDefinition, TreeNode } from '../language/document.js'
import { isTailOnly } from '../language/frame/which.js'
import type { EvaluateScope } from './scope.js'

/** Ids of the nodes a subject lies in, from below the root to its leaf: at each level the first branch that is true. */
export function pathOf(tree: TreeDefinition, scope: EvaluateScope): string[] {
  const path: string[] = []
  for (let node: TreeNode | undefined = tree.root; node?.split !== undefined; ) {
    const parent: TreeNode = node
    node = parent.split?.find((child) => child.other === true || holds(child, parent, scope))
    if (node !== undefined) path.push(node.id)
  }
  return path
}

/** The value of a tree: the ids of the path joined by `/`. */
export function codeOfPath(path: readonly string[]): string | null {
  return path.length === 0 ? null : path.join('/')
}

function holds({ when }: TreeNode, parent: TreeNode, scope: EvaluateScope): boolean {
  if (when === undefined) return false
  if (!isTailOnly(when)) return scope.condition(when) === true
  return parent.by !== undefined && scope.tail(scope.value(parent.by), when) === true
}
