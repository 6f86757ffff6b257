import type { Instant } from '../../kernel/zone.js'
import type { Pass } from '../assemble.js'
import { columnNames } from '../plan/column-names.js'
import type { Expr } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import type { ColumnSource } from './column-source.js'
import type { Columns } from './columns.js'
import { LeafSet } from './leaf-set.js'
import { originKey, profileOf, type RowOrigin, type RowsRead, rowsPlan } from './rows-of-stream.js'
import type { SubPass } from './sub-pass.js'

/** One pass over rows: everything that is aggregated per profile from the same scan. */
interface RowPass {
  readonly origin: RowOrigin
  readonly events: Set<string>
  from: Instant | null
  readonly leaves: LeafSet
}

/** Collects what a pass of many definitions aggregates from rows, as few scans as their kinds of rows allow. */
export class RowPasses implements ColumnSource {
  readonly #passes = new Map<string, RowPass>()

  constructor(
    private readonly columns: Columns,
    private readonly numbers: ExprNumbers,
    /** The values of the subject that rows are compared with, when there are any. */
    private readonly own: () => SubPass<Pass> | null,
  ) {}

  /** The column that will hold an expression over aggregates for each profile. */
  add(expr: Expr, read: RowsRead): Expr {
    // Rows beside values of their subject are dearer to read: what does without them stays in a scan of its own.
    const own = this.own()
    const isBeside = own !== null && [...columnNames([expr])].some((name) => own.has(name))
    const key = `${originKey(read.origin)}${isBeside ? ' beside' : ''}`
    let pass = this.#passes.get(key)
    if (pass === undefined) {
      const leaves = new LeafSet('e', this.columns, this.numbers)
      pass = { origin: read.origin, events: new Set(), from: read.from, leaves }
      this.#passes.set(key, pass)
    }
    for (const event of read.events) pass.events.add(event)
    if (pass.from !== null) pass.from = read.from === null ? null : Math.min(pass.from, read.from)
    return pass.leaves.add(expr)
  }

  plans(wanted: ReadonlySet<string>, scans: Scans): Plan[] {
    return [...this.#passes.values()].flatMap((pass): Plan[] => {
      const values = pass.leaves.wanted(wanted)
      if (values.length === 0) return []
      const read: RowsRead = { ...pass, events: [...pass.events] }
      const exprs = values.map(({ expr }) => expr)
      const input = rowsPlan(read, exprs, scans, this.own())
      return [{ kind: 'aggregate', input, by: [profileOf(pass.origin, scans)], values }]
    })
  }

  reads(): RowsRead[] {
    return [...this.#passes.values()].map((pass) => ({ ...pass, events: [...pass.events] }))
  }
}
