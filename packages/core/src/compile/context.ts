import type { Catalog } from '../catalog/catalog.js'

/** What a compilation is for: names, moment, knowledge, and how values that are not in the pass are read. */
export interface CompileContext {
  readonly catalog: Catalog
  /** The workspace's database: names the dictionary of overrides. */
  readonly database: string
  /** Dictionary of the nodes whose profile is another than their rows say; without it `override`, as known today. */
  readonly profileMap?: string
  /** Only what happened before this instant (ms) counts. */
  readonly asOf: number
  /** Only rows with a sequence number up to this one count; null = everything known. */
  readonly knownSeq: string | null
  /** Imports that were undone and are not yet erased. */
  readonly excludedImports: readonly number[]
  /** Whether events_superseded holds rows at all; without them the scan is spared the look-up. */
  readonly hasSuperseded: boolean
  /** `current`: the table attributes as it is; `history`: the fold of attribute_changes at `asOf`. */
  readonly attributes: 'current' | 'history'
  /**
   * How tags and segments outside the pass are read. Those inside the pass, and those without a stored head, are always
   * computed in place.
   */
  readonly tags: RecomputeTags | StoredTags
  /** No event of the workspace is older (ms). Without it every change of the local clock since 1900 is looked through. */
  readonly earliestEvent?: number
  /** Only these profiles; without it everybody. */
  readonly restrict?: Restriction
  /** Blind index of an identity (hex of 16 bytes); needed only for `attr: id.<kind>`. */
  readonly blind?: (kind: string, value: string) => string
}
export interface RecomputeTags {
  readonly mode: 'recompute'
  /** Runs whose rows are not to be seen when given values are read. */
  readonly unpublishedRuns?: readonly string[]
}
export interface StoredTags {
  readonly mode: 'stored'
  readonly heads: ReadonlyMap<number, StoredHead>
  readonly unpublishedRuns: readonly string[]
}
/** The published run of a tag, segment or list. */
export interface StoredHead {
  readonly baseRun: string
  readonly type: 'codes' | 'number' | 'date'
}

/**
 * A part of the profiles. `stamped` are other profile ids under which rows of these profiles may have been written before
 * a merge; with them the key of the events table prunes, without them every row is looked at.
 */
export type Restriction = (
  | { readonly from: number; readonly to: number }
  | { readonly profiles: readonly number[] }
) & {
  readonly stamped?: readonly number[]
}
