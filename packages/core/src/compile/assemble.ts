import type { ColumnSource } from './lower/column-source.js'
import { columnNames } from './plan/column-names.js'
import type { Expr } from './plan/expr.js'
import type { Plan } from './plan/plan.js'
import type { Scans } from './scans.js'

/** What a pass reads, as its planner collected it. */
export interface Pass {
  readonly scans: Scans
  readonly sources: readonly ColumnSource[]
}

/** One row per living profile with the columns that `outputs` are made of, from as few tables as they need. */
export function assemble({ scans, sources }: Pass, outputs: readonly Expr[]): Plan {
  const names = columnNames(outputs)
  const others = sources.flatMap((source) => source.plans(names, scans))
  return { kind: 'join', left: scans.population(), others }
}
