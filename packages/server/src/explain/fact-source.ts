import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { BlindIdentity } from '../identify/blind-identity.js'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'

/** What reading the facts of subjects binds, so that they are those a computation of that moment reads. */
export interface FactSource {
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  /** ms; only what happened before. */
  readonly asOf: number
  /** Largest row number that counts, as decimal text; null = all. */
  readonly knownSeq: string | null
  readonly excludedImports: readonly number[]
  readonly hasSuperseded: boolean
  /** Runs whose rows must not be read. */
  readonly hidden: readonly string[]
  /** Dictionary node -> profile; null = as it is now. */
  readonly profileMap: string | null
  readonly blind: BlindIdentity
}

/** Where the rows of a profile lie. */
export interface ProfilePlaces {
  readonly profile: number
  /** Numbers its rows may be stamped with, its own too. */
  readonly stamped: readonly number[]
  readonly nodes: readonly number[]
}

/** Conditions on rows of the log and their parameters; `seq` names the row number. */
export function knownRows(source: FactSource, seq = 'seq'): string {
  const known = source.knownSeq === null ? '' : ` AND ${seq} <= {knownSeq:UInt64}`
  const imports = source.excludedImports.length === 0 ? '' : ' AND import_id NOT IN {excluded:Array(UInt32)}'
  return `${known}${imports}`
}

/** Today's profile of a row by its node. */
export function profileOf(node = 'node_id', stamped = 'profile_id'): string {
  return `dictGetOrDefault({profileMap:String}, 'profile_id', toUInt64(${node}), ${stamped})`
}

/** Parameters of `knownRows` and `profileOf`. */
export function sourceParams(source: FactSource): Record<string, unknown> {
  return {
    knownSeq: source.knownSeq ?? '0',
    excluded: source.excludedImports,
    profileMap: `${source.clickhouse.database}.${source.profileMap ?? 'override'}`,
    asOf: source.asOf,
    hidden: source.hidden.map(Number),
  }
}
