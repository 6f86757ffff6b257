import type { Expr } from '../plan/expr.js'

/** What a method may read of the known values of a group, all scaled by 10^8. */
export interface GroupColumns {
  readonly count: Expr
  readonly sum: Expr
  readonly sumOfSquares: Expr
  readonly min: Expr
  readonly max: Expr
  /** Ascending, with repetitions. */
  readonly sorted: Expr
}

/** How one kind of fit is asked of the engine and solved from its answer. */
export interface FitMethod {
  /** Texts the engine returns for a group (each an expression giving text or a list of texts). */
  readonly ask: (columns: GroupColumns) => readonly Expr[]
  /** The cuts (ascending) or the one number; empty = there is none. `count` is never 0. */
  readonly solve: (count: bigint, answers: readonly (readonly string[])[]) => readonly bigint[]
  /** Says how the cuts were found when it was not exact. */
  readonly note?: (count: bigint, answers: readonly (readonly string[])[]) => string | undefined
}
