import type { Named, Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'

/** Part of a pass that gives columns to the row of a profile and knows from where. */
export interface ColumnSource {
  /** Plans with one row per profile that give those of the wanted columns which are its own. */
  plans(wanted: ReadonlySet<string>, scans: Scans): readonly Plan[]
}

/** Columns that are collected while definitions are planned: equal expressions get one name. */
export interface Leaves {
  /** The column that will hold the expression. */
  add(expr: Named['expr']): Named['expr']
}
