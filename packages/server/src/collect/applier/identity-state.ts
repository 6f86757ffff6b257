import type { IdentityNode } from '@tagtree/core/identify/graph'
import { LRUCache } from 'lru-cache'

/** A tenure as it is stored. */
export interface KnownTenure {
  readonly node: IdentityNode
  readonly from: number | null
  readonly loginTs: number | null
}

/**
 * What the applier remembers of a workspace's identities between batches. Only the lease holder writes identities, so it
 * is true as long as the lease is held without a gap; it is dropped whenever a plan fails.
 */
export interface IdentityState {
  /** Identity key -> all its tenures. */
  readonly tenures: LRUCache<string, readonly KnownTenure[]>
  readonly profileOf: LRUCache<number, number>
  /** node:import -> first_ts that is stored. */
  readonly presence: LRUCache<string, number>
  /** a:b:import of evidence that is stored. */
  readonly edges: LRUCache<string, true>
}

export function newIdentityState(): IdentityState {
  return {
    tenures: new LRUCache({ max: 60_000 }),
    profileOf: new LRUCache({ max: 120_000 }),
    presence: new LRUCache({ max: 120_000 }),
    edges: new LRUCache({ max: 120_000 }),
  }
}
