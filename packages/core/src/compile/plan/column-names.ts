import type { Expr } from './expr.js'
import { partsOf } from './hash.js'

/** Names of all columns that expressions are made of. */
export function columnNames(exprs: readonly Expr[]): Set<string> {
  const names = new Set<string>()
  const seen = new Set<Expr>()
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return
    seen.add(expr)
    if (expr.kind === 'column') names.add(expr.name)
    for (const part of partsOf(expr)) visit(part)
  }
  for (const expr of exprs) visit(expr)
  return names
}
