import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { BlindIdentity } from '../identify/blind-identity.js'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import type { ScanState } from '../store/scan-state.js'
import type { TagHead } from '../tag/run/heads.js'

/** One moment of a workspace: catalogue, published heads and what scans must leave out. */
export interface SegmentScope {
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  /** Number of a tag, segment, list or population -> what is published of it. */
  readonly heads: ReadonlyMap<number, TagHead>
  readonly scan: ScanState
  /** Runs whose rows must not be read. */
  readonly hidden: readonly string[]
  /** For conditions on identities. */
  readonly blind: BlindIdentity
}
