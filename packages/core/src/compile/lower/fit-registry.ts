import type { Instant } from '../../kernel/zone.js'
import type { CutMethod, Fit } from '../../language/document.js'
import type { Pass } from '../assemble.js'
import type { Expr } from '../plan/expr.js'
import { partsOf } from '../plan/hash.js'
import type { Columns } from './columns.js'
import type { GroupGet } from './scope.js'

/** What is computed from the values of a population (or of each group of it). */
export type FitKind =
  | {
      readonly kind: 'cuts'
      readonly method: CutMethod
      readonly n: number | null
      readonly probs: readonly number[] | null
    }
  | { readonly kind: 'number'; readonly get: GroupGet; readonly atLeast: number }

/** A fit as it is planned: over whom, by which groups, of which value. */
export interface PlannedFit {
  readonly key: string
  readonly definitionId: string
  /** Place of the first part of the definition that uses it. */
  readonly path: string
  readonly of: FitKind
  readonly schedule: Fit
  /** Scaled number; those who lack it take no part. */
  readonly value: Expr
  /** Who takes part: live, of the population, inside `only`. */
  readonly scope: Expr
  /** Text of the group, missing = no group; null = everybody is one group. */
  readonly group: Expr | null
  /** The pass that computes the value. */
  readonly pass: Pass
  /** The moment it is fitted as of, when that is not the moment of the whole computation. */
  readonly moment: Instant | null
  /** 0 needs no other fit, 1 needs fits of level 0 … */
  readonly level: number
}

/** Collects the fits of a pass; a definition that uses the same cuts at several places fits them once. */
export class FitRegistry {
  readonly #fits = new Map<string, PlannedFit>()

  constructor(private readonly columns: Columns) {}

  add(fit: Omit<PlannedFit, 'key' | 'level'>, key: string): void {
    if (this.#fits.has(key)) return
    const used = [fit.value, fit.scope, ...(fit.group === null ? [] : [fit.group])]
    const level = 1 + Math.max(-1, ...used.map((expr) => this.#deepest(expr, new Map())))
    this.#fits.set(key, { ...fit, key, level })
  }

  /** In an order in which every fit comes after those it needs. */
  inOrder(): PlannedFit[] {
    return [...this.#fits.values()].sort((a, b) => a.level - b.level)
  }

  #deepest(expr: Expr, seen: Map<Expr, number>): number {
    const known = seen.get(expr)
    if (known !== undefined) return known
    let level = expr.kind === 'fit' ? (this.#fits.get(expr.key)?.level ?? -1) : -1
    // A column of rows below may rest on a fit as well.
    const made = expr.kind === 'column' ? this.columns.madeOf(expr.name) : undefined
    if (made !== undefined) level = Math.max(level, this.#deepest(made, seen))
    for (const part of partsOf(expr)) level = Math.max(level, this.#deepest(part, seen))
    seen.set(expr, level)
    return level
  }
}
