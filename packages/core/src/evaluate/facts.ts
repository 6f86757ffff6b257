import type { AttributeChange } from '../catalog/attribute-fold.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'

/**
 * Everything known of one subject, as the log has it after identities are resolved: what the evaluator needs instead of
 * tables. Values have the types of the catalogue (see EventScopeValue).
 */
export interface SubjectFacts {
  /** Never 0. */
  readonly profile: number
  /** Holds a strong identity. */
  readonly strong: boolean
  /** First sight, ms; nobody is alive before. */
  readonly firstTs: number
  /** In any order. */
  readonly events: readonly EventFact[]
  /** Attribute key -> its changes, in any order. */
  readonly attributes: ReadonlyMap<string, readonly AttributeChange[]>
  /** Uploaded lists the subject is on. */
  readonly lists: ReadonlySet<string>
  /** Identity kind -> plain values. */
  readonly identities: ReadonlyMap<string, readonly string[]>
}

export interface EventFact {
  readonly event: string
  readonly ts: number
  readonly seq: bigint
  readonly properties: Readonly<Record<string, EventScopeValue>>
  /** Order lines in their order; field names without `items.`. */
  readonly items: readonly Readonly<Record<string, EventScopeValue>>[]
}
