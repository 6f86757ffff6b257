import type { AggregateExpr, Expr } from '../plan/expr.js'
import { type ExprNumbers, partsOf } from '../plan/hash.js'
import type { Aggregate, Plan } from '../plan/plan.js'
import { rewrite } from './rewrite.js'

/**
 * Tests that *every* aggregate of a scan makes are moved into its WHERE, so that rows which no leaf wants are not grouped.
 *
 * before: SELECT countIf(event = 'a' AND ts >= x), sumIf(y, event = 'a') … WHERE event IN ['a'] GROUP BY …
 * after:  SELECT countIf(ts >= x), sum(y) … WHERE event IN ['a'] AND event = 'a' GROUP BY …
 *
 * Safe: a profile whose rows all fail has no group then, and what a join gives for no group (0, NULL, empty) is what the
 * aggregates give for no matching row.
 * Not done: conditions that only some leaves share (the other leaves need the rows).
 */
export function hoistConditions(plan: Plan, numbers: ExprNumbers): Plan {
  return rewrite(plan, (node) => (node.kind === 'aggregate' ? hoist(node, numbers) : node))
}

function hoist(node: Aggregate, numbers: ExprNumbers): Plan {
  const aggregates = node.values.flatMap((value) => aggregatesIn(value.expr))
  const [first, ...rest] = aggregates
  if (first === undefined) return node
  const common = first.when.filter((part) =>
    rest.every((other) => other.when.some((one) => numbers.of(one) === numbers.of(part))),
  )
  if (common.length === 0) return node
  const hoisted = new Set(common.map((part) => numbers.of(part)))
  const drop = (expr: Expr): Expr => {
    if (expr.kind === 'aggregate') return { ...expr, when: expr.when.filter((part) => !hoisted.has(numbers.of(part))) }
    return expr.kind === 'call' ? { ...expr, args: expr.args.map(drop) } : expr
  }
  const already = new Set(node.input.kind === 'filter' ? node.input.where.map((part) => numbers.of(part)) : [])
  const where = common.filter((part) => !already.has(numbers.of(part)))
  const input: Plan =
    where.length === 0
      ? node.input
      : node.input.kind === 'filter'
        ? { ...node.input, where: [...node.input.where, ...where] }
        : { kind: 'filter', input: node.input, where, without: null }
  return { ...node, input, values: node.values.map(({ name, expr }) => ({ name, expr: drop(expr) })) }
}

function aggregatesIn(expr: Expr): AggregateExpr[] {
  if (expr.kind === 'aggregate') return [expr]
  return partsOf(expr).flatMap(aggregatesIn)
}
