import { assemble, type Pass } from '../assemble.js'
import { column, type Expr, missing } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Plan } from '../plan/plan.js'
import type { Columns } from './columns.js'
import { LeafSet } from './leaf-set.js'
import { type Lowered, MISSING } from './lowered.js'

/**
 * Values of another pass that this one reads: of the same profiles (what their rows are compared with), of the same
 * profiles at another moment, or of profiles of another kind.
 */
export class SubPass<P extends Pass> {
  readonly #exports: LeafSet

  constructor(
    readonly planner: P,
    columns: Columns,
    numbers: ExprNumbers,
  ) {
    this.#exports = new LeafSet('c', columns, numbers)
  }

  /** An expression of the other pass as a column of this one. */
  export(expr: Expr): Expr {
    return expr.kind === 'number' || expr.kind === 'null' || expr.kind === 'param' ? expr : this.#exports.add(expr)
  }

  /** A value of the other pass as one of this pass. An identity cannot be carried over: it is missing. */
  exported(value: Lowered): Lowered {
    switch (value.type) {
      case 'number': {
        const ratio = value.ratio && {
          ...value.ratio,
          over: this.export(value.ratio.over),
          under: this.export(value.ratio.under),
        }
        return { ...value, expr: this.export(value.expr), ratio }
      }
      case 'text':
      case 'date':
      case 'bool':
        return { ...value, expr: this.export(value.expr) }
      case 'list':
        return { ...value, expr: this.export(value.expr), known: this.export(value.known) }
      case 'code':
        return { type: 'code', index: this.export(value.index), codes: value.codes }
      case 'codes':
        return { ...value, indexes: this.export(value.indexes) }
      case 'identity':
        return { type: 'bool', expr: missing('UInt8') }
      case 'missing':
        return MISSING
    }
  }

  has(name: string): boolean {
    return this.#exports.has(name)
  }

  /** One row per profile of the other pass with the wanted columns; null when none is. `key` names the profile. */
  project(key: 'profile_id' | 'beside_id', wanted: ReadonlySet<string>): Plan | null {
    const columns = this.#exports.wanted(wanted)
    if (columns.length === 0) return null
    const named = [{ name: key, expr: column('profile_id') }, ...columns]
    const exprs = named.map(({ expr }) => expr)
    return { kind: 'project', input: assemble(this.planner, exprs), shared: [], columns: named }
  }
}
