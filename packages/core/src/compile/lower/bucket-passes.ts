import type { Pass } from '../assemble.js'
import { columnNames } from '../plan/column-names.js'
import { call, column, type Expr } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Named, Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import type { ColumnSource } from './column-source.js'
import type { Columns } from './columns.js'
import { LeafSet } from './leaf-set.js'
import { originKey, profileOf, type RowsRead, rowsPlan } from './rows-of-stream.js'
import { lineColumn } from './rows-plan.js'
import type { SubPass } from './sub-pass.js'

/** How the rows of a profile are put into buckets before they are aggregated a second time. */
export type Buckets =
  /** By a value of the row; a row without it is in no bucket. `isList`: each element of it is a bucket. */
  | { readonly by: Expr; readonly isList: boolean }
  /**
   * By visits of rows that pass `when`: a row begins a new one when `isNew`, which may look at the moment of the row before
   * (PREVIOUS, ms).
   */
  | { readonly isNew: Expr; readonly when: readonly Expr[]; readonly order: readonly Expr[] }

/** The moment of the row before (ms), for what tells visits apart. */
export const PREVIOUS = column('previous_ts')
/** The column that names the bucket, for what is computed over buckets. */
export const BUCKET = column('bucket')

/** Rows of one stream put into the same buckets. */
export class BucketPass {
  readonly inner: LeafSet
  readonly outer: LeafSet

  constructor(
    readonly read: RowsRead,
    readonly buckets: Buckets,
    columns: Columns,
    numbers: ExprNumbers,
  ) {
    this.inner = new LeafSet('b', columns, numbers)
    this.outer = new LeafSet('e', columns, numbers)
  }
}

/** Collects what is aggregated in two steps: the rows of a bucket, then the buckets of a profile. */
export class BucketPasses implements ColumnSource {
  readonly #passes = new Map<string, BucketPass>()

  constructor(
    private readonly columns: Columns,
    private readonly numbers: ExprNumbers,
    private readonly own: () => SubPass<Pass> | null,
  ) {}

  pass(read: RowsRead, buckets: Buckets): BucketPass {
    const key = `${originKey(read.origin)} ${read.from} ${read.events.join()} ${this.#keyOf(buckets)}`
    let pass = this.#passes.get(key)
    if (pass === undefined) {
      pass = new BucketPass(read, buckets, this.columns, this.numbers)
      this.#passes.set(key, pass)
    }
    return pass
  }

  plans(wanted: ReadonlySet<string>, scans: Scans): Plan[] {
    return [...this.#passes.values()].flatMap((pass): Plan[] => {
      const values = pass.outer.wanted(wanted)
      if (values.length === 0) return []
      const inner = pass.inner.wanted(columnNames(values.map(({ expr }) => expr)))
      const buckets = this.#bucketsPlan(pass, inner, scans)
      return [{ kind: 'aggregate', input: buckets, by: [{ name: 'profile_id', expr: column('profile_id') }], values }]
    })
  }

  reads(): RowsRead[] {
    return [...this.#passes.values()].map((pass) => pass.read)
  }

  #bucketsPlan({ read, buckets }: BucketPass, inner: readonly Named[], scans: Scans): Plan {
    const profile = profileOf(read.origin, scans)
    const used = inner.map(({ expr }) => expr)
    if ('isNew' in buckets) {
      const rows = rowsPlan(read, [...used, ...buckets.when, ...buckets.order], scans, this.own())
      const passing: Plan = {
        kind: 'filter',
        input: withLines(rows, [...used, ...buckets.when, ...buckets.order]),
        where: buckets.when,
        without: null,
      }
      const [by, order] = [[profile.expr], buckets.order]
      const ts = call('millis', column('ts'))
      const previous: Expr = { kind: 'over', name: 'previous', of: ts, by, order }
      const paused = withColumn(passing, { name: 'previous_ts', expr: previous })
      const visit: Expr = { kind: 'over', name: 'sumSoFar', of: buckets.isNew, by, order }
      return aggregateBy(withColumn(paused, { name: 'bucket', expr: visit }), profile, BUCKET, inner)
    }
    const rows = rowsPlan(read, [...used, buckets.by], scans, this.own())
    if (buckets.isList) {
      const each = withColumn(withLines(rows, used), { name: 'bucket', expr: call('eachOf', buckets.by) })
      return aggregateBy(each, profile, BUCKET, inner)
    }
    const known: Plan = { kind: 'filter', input: rows, where: [call('isKnown', buckets.by)], without: null }
    return aggregateBy(known, profile, buckets.by, inner)
  }

  #keyOf(buckets: Buckets): string {
    if ('by' in buckets) return `by ${this.numbers.of(buckets.by)} ${buckets.isList}`
    return `visits ${this.numbers.of(buckets.isNew)} ${buckets.when.map((part) => this.numbers.of(part)).join()}`
  }
}

/** Fields of lines do not count as columns of the rows until they are named. */
function withLines(rows: Plan, used: readonly Expr[]): Plan {
  const names = [...columnNames(used)].filter((name) => name === 'line' || name.startsWith(lineColumn('')))
  if (names.length === 0) return rows
  const columns = names.sort().map((name) => ({ name, expr: column(name) }))
  return { kind: 'project', input: rows, shared: [], columns, all: true }
}

function withColumn(input: Plan, added: Named): Plan {
  return { kind: 'project', input, shared: [], columns: [added], all: true }
}

function aggregateBy(input: Plan, profile: Named, bucket: Expr, values: readonly Named[]): Plan {
  return { kind: 'aggregate', input, by: [profile, { name: 'bucket', expr: bucket }], values }
}
