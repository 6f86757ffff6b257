import type { Definition, RecipeDocument } from '../../language/document.js'

/** A document of the demo's plan, ready to be parsed: with a body, or with a recipe that parsing expands into one. */
export type PlanDocument = Definition | RecipeDocument
/** A tag of the plan. */
export type TagDocument = Extract<PlanDocument, { kind: 'tag' }>

/** A folder of the tag catalogue. */
export interface PlanCategory {
  readonly id: string
  readonly name: { readonly zh: string; readonly en: string }
  readonly parent?: string
  /** Ids of the tags in it, in their order. */
  readonly tags: readonly string[]
}
