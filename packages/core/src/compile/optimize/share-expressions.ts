import type { Expr } from '../plan/expr.js'
import { type ExprNumbers, partsOf } from '../plan/hash.js'
import type { Named, Plan, Project } from '../plan/plan.js'
import { REPEATING } from '../print/functions.js'
import { rewrite } from './rewrite.js'

/** Smaller expressions are written again: `a_1 > 0` says more than `x_7`. */
const LEAST_SIZE = 4

/**
 * An expression that a projection needs at several places gets a name and is written once.
 *
 * before: SELECT if(f(a_1) > 3, f(a_1), 0) AS v_0 …
 * after:  WITH f(a_1) AS x_0 SELECT if(x_0 > 3, x_0, 0) AS v_0 …
 *
 * Safe: expressions have no effects. It keeps the text linear in the size of the definitions, because metrics are
 * inlined wherever they are used and a text that doubles at each level would soon be refused by the engine.
 * Not done: inside aggregates (the engine finds equal ones itself).
 */
export function shareExpressions(plan: Plan, numbers: ExprNumbers): Plan {
  return rewrite(plan, (node) => (node.kind === 'project' ? share(node, numbers) : node))
}

function share(node: Project, numbers: ExprNumbers): Project {
  const uses = new Map<number, number>()
  const sizes = new Map<number, number>()
  const measure = (expr: Expr): number => {
    const number = numbers.of(expr)
    const known = sizes.get(number)
    if (known !== undefined) return known
    let size = 1
    const times = expr.kind === 'call' && REPEATING.has(expr.name) ? 2 : 1
    for (const part of partsOf(expr)) {
      size += measure(part)
      uses.set(numbers.of(part), (uses.get(numbers.of(part)) ?? 0) + times)
    }
    sizes.set(number, size)
    return size
  }
  for (const { expr } of node.columns) {
    measure(expr)
    uses.set(numbers.of(expr), (uses.get(numbers.of(expr)) ?? 0) + 1)
  }

  const shared: Named[] = []
  const written = new Map<number, Expr>()
  const write = (expr: Expr): Expr => {
    const number = numbers.of(expr)
    const known = written.get(number)
    if (known !== undefined) return known
    let result = expr.kind === 'call' ? { ...expr, args: expr.args.map(write) } : expr
    const isWorth = expr.kind === 'stored' || (expr.kind === 'call' && sizes.get(number)! >= LEAST_SIZE)
    if (isWorth && uses.get(number)! > 1) {
      const name = `x_${shared.length}`
      shared.push({ name, expr: result })
      result = { kind: 'alias', name }
    }
    written.set(number, result)
    return result
  }
  const columns = node.columns.map(({ name, expr }) => ({ name, expr: write(expr) }))
  return { ...node, shared: [...node.shared, ...shared], columns }
}
