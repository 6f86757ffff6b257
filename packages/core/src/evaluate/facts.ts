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
  /** First sight of a strong identity, ms, for moments before now; absent = it was there from the first sight. */
  readonly strongFrom?: number
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
  /** Stored relation -> the links this subject is an end of, in any order; absent = none. */
  readonly related?: ReadonlyMap<string, readonly RelationFact[]>
  /** `tag:<id>`, `segment:<id>` or `list:<id>` -> what its runs published, in any order; absent = nothing. */
  readonly published?: ReadonlyMap<string, readonly PublishedFact[]>
}

export interface EventFact {
  readonly event: string
  readonly ts: number
  readonly seq: bigint
  readonly properties: Readonly<Record<string, EventScopeValue>>
  /** Order lines in their order; field names without `items.`. */
  readonly items: readonly Readonly<Record<string, EventScopeValue>>[]
}

/** One link to another subject. */
export interface RelationFact {
  /** Which end this subject is. */
  readonly direction: 'from' | 'to'
  readonly role: string
  /** Valid from, ms. */
  readonly from: number
  /** Valid until (excluded), ms; null = it still holds. */
  readonly to: number | null
  readonly seq: bigint
  /** The other end; may be made when it is asked for. */
  readonly other: SubjectFacts
}

/** One row of a published history. */
export interface PublishedFact {
  /** The moment the run computed for, ms. */
  readonly ts: number
  /** Number of the run. */
  readonly seq: bigint
  /** The new value (null = blank), the code that came or went, or true and false of a segment or list. */
  readonly value: string | bigint | number | boolean | null
  readonly op: 'set' | 'added' | 'removed'
}
