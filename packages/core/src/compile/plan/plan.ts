import type { Expr } from './expr.js'

/**
 * Relational plan: who is read from which table, filtered, grouped and joined. Plain data; nodes are never changed.
 * What is joined has one row per profile with a column `profile_id`: the *current* profile.
 */
export type Plan = Scan | Filter | Unfold | Aggregate | Join | Beside | Union | Project

/** Tables a plan may read; their columns are those of the migrations. */
export type Table =
  | 'events'
  | 'events_superseded'
  | 'nodes'
  | 'attributes'
  | 'attribute_changes'
  | 'identities'
  | 'tag_changes'
  | 'tag_numbers'
  | 'relations'
  | 'items'

export interface Scan {
  readonly kind: 'scan'
  readonly table: Table
  /** Rows of the same key are replaced by their last version (ReplacingMergeTree). Never filtered by PREWHERE. */
  readonly final: boolean
}
export interface Filter {
  readonly kind: 'filter'
  readonly input: Plan
  /** Rows for which all parts are true stay. */
  readonly where: readonly Expr[]
  /** `seq NOT IN (rows replaced by a later content)`. */
  readonly without: Plan | null
}
/** One row per element of parallel arrays, each under its own name; `line` is the position when asked for. */
export interface Unfold {
  readonly kind: 'unfold'
  readonly input: Plan
  readonly arrays: readonly string[]
  readonly line: boolean
}
export interface Aggregate {
  readonly kind: 'aggregate'
  readonly input: Plan
  readonly by: readonly Named[]
  readonly values: readonly Named[]
}
/** Each row of `left` with at most one row of each other input; what is absent is 0, missing or an empty list. */
export interface Join {
  readonly kind: 'join'
  readonly left: Plan
  readonly others: readonly Plan[]
}
/**
 * Each row with what `outer` knows of a profile: the row of `outer` whose column `beside_id` equals `on`. Without such a
 * row its columns are 0, missing or empty lists, or, when it is `required`, the row is left out.
 */
export interface Beside {
  readonly kind: 'beside'
  readonly input: Plan
  readonly outer: Plan
  readonly on: Expr
  readonly required: boolean
}
/** The rows of all inputs, which have the same columns. */
export interface Union {
  readonly kind: 'union'
  readonly inputs: readonly Plan[]
}
export interface Project {
  readonly kind: 'project'
  readonly input: Plan
  /** Shared sub-expressions, each may use the ones before it. */
  readonly shared: readonly Named[]
  readonly columns: readonly Named[]
  /** Every column of the input stays, these are added to it. */
  readonly all?: boolean
}
export interface Named {
  readonly name: string
  readonly expr: Expr
}

/** The inputs of a node. */
export function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'scan':
      return []
    case 'filter':
      return plan.without === null ? [plan.input] : [plan.input, plan.without]
    case 'unfold':
    case 'aggregate':
    case 'project':
      return [plan.input]
    case 'join':
      return [plan.left, ...plan.others]
    case 'beside':
      return [plan.input, plan.outer]
    case 'union':
      return plan.inputs
  }
}
