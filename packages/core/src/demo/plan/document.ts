import type { MetricDefinition, SegmentDefinition, TagDefinition } from '../../language/document.js'

/** A tag as a person writes it: with a body, or with a recipe that parsing expands into one. */
export type TagDocument = TagDefinition | (Omit<TagDefinition, 'assign'> & Required<Pick<TagDefinition, 'recipe'>>)
/** A document of the demo's plan, ready to be parsed. */
export type PlanDocument = TagDocument | MetricDefinition | SegmentDefinition

/** A folder of the tag catalogue. */
export interface PlanCategory {
  readonly id: string
  readonly name: { readonly zh: string; readonly en: string }
  readonly parent?: string
  /** Ids of the tags in it, in their order. */
  readonly tags: readonly string[]
}
