import { column, type Expr } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Named } from '../plan/plan.js'
import type { Leaves } from './column-source.js'
import type { Columns } from './columns.js'

/** What is computed from the same rows: equal expressions get one name, so thirty tags that count the same orders count them once. */
export class LeafSet implements Leaves {
  readonly #leaves = new Map<number, Named>()

  constructor(
    private readonly prefix: string,
    private readonly columns: Columns,
    private readonly numbers: ExprNumbers,
  ) {}

  add(expr: Expr): Expr {
    const number = this.numbers.of(expr)
    let leaf = this.#leaves.get(number)
    if (leaf === undefined) {
      leaf = { name: this.columns.name(this.prefix, expr), expr }
      this.#leaves.set(number, leaf)
    }
    return column(leaf.name)
  }

  has(name: string): boolean {
    return [...this.#leaves.values()].some((leaf) => leaf.name === name)
  }

  /** Those of the wanted columns that are of this set, in the order in which they were asked for. */
  wanted(names: ReadonlySet<string>): Named[] {
    return [...this.#leaves.values()].filter((leaf) => names.has(leaf.name))
  }
}
