import type { TreeDefinition, TreeNode } from '../../language/document.js'
import { isTailOnly } from '../../language/frame/which.js'
import { and, choose, type Expr, FALSE, isTrue, not, number, TRUE } from '../plan/expr.js'
import type { Lowered } from './lowered.js'
import { MISSING } from './lowered.js'
import { lowerTail } from './operators.js'
import type { PlanScope } from './scope.js'

/** The leaf a subject lies in, named by the ids of the path from below the root joined by `/`. */
export function treeValue(tree: TreeDefinition, scope: PlanScope): Lowered {
  const leaves: { code: string; when: Expr }[] = []
  collect(tree.root, '/root', '', TRUE, scope, leaves)
  if (leaves.length === 0) return MISSING
  const index = choose(
    leaves.map(({ when }, place) => ({ when, then: number(place + 1) })),
    number(0),
  )
  return { type: 'code', index, codes: leaves.map(({ code }) => code) }
}

/** Each branch takes those whom the branches before it left; an unknown condition is not fulfilled. */
function collect(
  node: TreeNode,
  path: string,
  above: string,
  reached: Expr,
  scope: PlanScope,
  leaves: { code: string; when: Expr }[],
): void {
  let left = reached
  for (const [index, child] of (node.split ?? []).entries()) {
    const at = `${path}/split/${index}`
    const taken = child.other === true ? TRUE : branch(child, node, `${at}/when`, path, scope)
    const code = above === '' ? child.id : `${above}/${child.id}`
    const here = and([left, taken])
    if (child.split === undefined) leaves.push({ code, when: here })
    else collect(child, at, code, here, scope, leaves)
    left = and([left, not(taken)])
  }
}

function branch({ when }: TreeNode, parent: TreeNode, at: string, path: string, scope: PlanScope): Expr {
  if (when === undefined) return FALSE
  if (!isTailOnly(when)) return isTrue(scope.condition(when, at))
  if (parent.by === undefined) return FALSE
  return isTrue(lowerTail(scope.value(parent.by, `${path}/by`), when, scope, at))
}
