import type { Condition, TreeNode } from '../language/document.js'
import { groupHeadOf, valueHeadOf } from '../language/frame/which.js'

/** What must hold for a branch of a tree; null = it takes the others. An operator alone is compared with the parent's value. */
export function branchCondition({ when }: TreeNode, parent: TreeNode): Condition | null {
  if (when === undefined) return null
  if (groupHeadOf(when as Condition) !== null || valueHeadOf(when) !== null) return when as Condition
  return parent.by === undefined ? null : ({ ...parent.by, ...when } as Condition)
}
