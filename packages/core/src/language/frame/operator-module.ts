import type { z } from 'zod'
import type { OperandParts } from './parts.js'
import type { Left, Resolving } from './resolving.js'
import type { Scope, ValueType } from './scope.js'
import type { Speaker } from './speaker.js'

/** One operator: the form of its right side, its checks and its words. */
export interface OperatorModule<Right> {
  readonly schema: (parts: OperandParts) => z.ZodType<Right>
  /** Kinds of values that may stand left of it. */
  readonly kinds: readonly ValueType['kind'][]
  /** Checks the right side; the left is of one of `kinds` or unknown. `at` points to the right side. */
  resolve(right: Right, left: Left, at: string, scope: Scope, resolving: Resolving): void
  /** The operator and its right side: `不低于 200` / `is at least 200`. */
  sentence(right: Right, left: ValueType | null, scope: Scope, speaker: Speaker): string
}
