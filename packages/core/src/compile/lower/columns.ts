import type { Expr } from '../plan/expr.js'

/** The computed columns of one compilation: each has a name of its own, and what it is made of can be found again. */
export class Columns {
  readonly #counts = new Map<string, number>()
  readonly #made = new Map<string, Expr>()

  /** A new name `<prefix>_<number>` for an expression of the rows below. */
  name(prefix: string, expr: Expr): string {
    const number = this.#counts.get(prefix) ?? 0
    this.#counts.set(prefix, number + 1)
    const name = `${prefix}_${number}`
    this.#made.set(name, expr)
    return name
  }

  /** What a computed column is made of; undefined for columns of tables. */
  madeOf(name: string): Expr | undefined {
    return this.#made.get(name)
  }
}
