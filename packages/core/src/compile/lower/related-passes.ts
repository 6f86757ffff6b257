import type { Pass } from '../assemble.js'
import { columnNames } from '../plan/column-names.js'
import { column, type Expr } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Named, Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import type { ColumnSource } from './column-source.js'
import type { Columns } from './columns.js'
import { LeafSet } from './leaf-set.js'
import type { SubPass } from './sub-pass.js'

/** Which subjects are meant by a relation. */
export interface RelationRead {
  /** Key under which the rows are stored. */
  readonly stored: string
  /** Whether this subject is the far end of the stored rows. */
  readonly isReversed: boolean
  readonly role: string | null
}

/** Collects what is aggregated from related subjects: each related one counts once, with its values of its own pass. */
export class RelatedPasses implements ColumnSource {
  readonly #passes = new Map<string, { read: RelationRead; sub: SubPass<Pass>; leaves: LeafSet }>()

  constructor(
    private readonly columns: Columns,
    private readonly numbers: ExprNumbers,
  ) {}

  /** The column that will hold an expression over aggregates of the related subjects' exported columns. */
  add(expr: Expr, read: RelationRead, sub: SubPass<Pass>): Expr {
    const key = JSON.stringify([read.stored, read.isReversed, read.role])
    let pass = this.#passes.get(key)
    if (pass === undefined) {
      pass = { read, sub, leaves: new LeafSet('e', this.columns, this.numbers) }
      this.#passes.set(key, pass)
    }
    return pass.leaves.add(expr)
  }

  plans(wanted: ReadonlySet<string>, scans: Scans): Plan[] {
    return [...this.#passes.values()].flatMap(({ read, sub, leaves }): Plan[] => {
      const values = leaves.wanted(wanted)
      if (values.length === 0) return []
      const [near, far] = read.isReversed ? (['to', 'from'] as const) : (['from', 'to'] as const)
      const pairs: Plan = {
        kind: 'aggregate',
        input: scans.relations(read.stored, read.role),
        by: [
          { name: 'profile_id', expr: scans.profile(near) },
          { name: 'other', expr: scans.profile(far) },
        ],
        values: [],
      }
      const outer = sub.project('beside_id', columnNames(values.map(({ expr }) => expr)))
      if (outer === null) return []
      const input: Plan = { kind: 'beside', input: pairs, outer, on: column('other'), required: true }
      const by: Named = { name: 'profile_id', expr: column('profile_id') }
      return [{ kind: 'aggregate', input, by: [by], values }]
    })
  }
}
