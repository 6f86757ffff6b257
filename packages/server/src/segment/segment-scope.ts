import type { MomentScope } from '../tag/moment-context.js'
import type { TagHead } from '../tag/run/heads.js'

/** One moment of a workspace: catalogue, published heads and what scans must leave out. */
export interface SegmentScope extends MomentScope {
  /** Number of a tag, segment, list or population -> what is published of it. */
  readonly heads: ReadonlyMap<number, TagHead>
}
