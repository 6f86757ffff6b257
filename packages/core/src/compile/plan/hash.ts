import type { Expr } from './expr.js'

/**
 * One number per distinct expression: equal structure gives the equal number, however often and wherever it was built.
 * Linear in the number of nodes, because a node's parts are compared by their numbers.
 */
export class ExprNumbers {
  readonly #byNode = new WeakMap<Expr, number>()
  readonly #byShape = new Map<string, number>()

  of(expr: Expr): number {
    const known = this.#byNode.get(expr)
    if (known !== undefined) return known
    const shape = this.#shapeOf(expr)
    let found = this.#byShape.get(shape)
    if (found === undefined) {
      found = this.#byShape.size
      this.#byShape.set(shape, found)
    }
    this.#byNode.set(expr, found)
    return found
  }

  #shapeOf(expr: Expr): string {
    switch (expr.kind) {
      case 'call':
        return `${expr.name}(${expr.args.map((part) => this.of(part)).join()})`
      case 'aggregate':
        return `${expr.name}[${expr.args.map((part) => this.of(part)).join()}|${expr.when.map((part) => this.of(part)).join()}]`
      case 'over':
        return `${expr.name} over[${this.of(expr.of)}|${expr.by.map((part) => this.of(part)).join()}|${expr.order.map((part) => this.of(part)).join()}]`
      default:
        return JSON.stringify(expr, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
    }
  }
}

/** The direct parts of an expression. */
export function partsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === 'call') return expr.args
  if (expr.kind === 'aggregate') return [...expr.args, ...expr.when]
  if (expr.kind === 'over') return [expr.of, ...expr.by, ...expr.order]
  return []
}
