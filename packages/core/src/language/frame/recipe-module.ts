import type { Assign, Condition, Definition, TagDefinition, TreeNode, Value } from '../document.js'
import type { ObjectSchema, Parts } from './parts.js'
import type { Resolving } from './resolving.js'
import type { Scope } from './scope.js'
import type { Speaker } from './speaker.js'

/** What a recipe makes: the part of a definition that says what it computes. */
export type RecipeBody =
  | {
      readonly assign: Assign
      readonly values?: NonNullable<TagDefinition['values']>
      readonly family?: NonNullable<TagDefinition['family']>
    }
  | { readonly where: Condition }
  | { readonly value: Value }
  | { readonly root: TreeNode }

/** A named kind of definition: its parameters and the body they make. */
export interface RecipeModule<With> {
  /** Kind of definition it makes. */
  readonly kind: Definition['kind']
  readonly schema: (parts: Parts) => ObjectSchema<With>
  /** Pure: parameters in, document out. */
  expand(parameters: With): RecipeBody
  /** Checks the parameters at their own places, so that errors point to what was written. */
  resolve(parameters: With, at: string, scope: Scope, resolving: Resolving): void
  /** What the recipe makes in one sentence; without it the body is said. */
  sentence?(parameters: With, scope: Scope, speaker: Speaker): string
}
