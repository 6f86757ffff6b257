/**
 * What every door (file import, the batch endpoint, later other vendors' clients) hands to the log: facts in one
 * source-neutral shape. Values are raw JSON; coercion to catalog types, identity resolution and deduplication happen
 * behind the log.
 */
export type RawValue = string | number | boolean | null | readonly RawValue[] | { readonly [key: string]: RawValue }

/** One identity of a subject as it was sent; `kind` is a key of the identity kinds. */
export interface IdentityReference {
  readonly kind: string
  readonly value: string
}
/** The identities that one fact gives for one subject, any order. Never empty. */
export interface SubjectReference {
  readonly subject: string
  readonly identities: readonly IdentityReference[]
}

/** Deduplication key. `scope` 'stream' has the horizon of the log, 'file' is remembered for ever. */
export interface MessageKey {
  readonly scope: 'stream' | 'file'
  /** 64-bit hash as a signed decimal string (fits PostgreSQL bigint). */
  readonly hash: string
  /**
   * Hash of the content for keys that name a thing which may change (an order): same key and other content replaces the
   * earlier fact. null = the key is the content.
   */
  readonly content: string | null
}

export interface IncomingEvent {
  readonly type: 'event'
  readonly key: MessageKey
  readonly event: string
  /** Instant in ms since 1970 UTC. */
  readonly ts: number
  /** Whom the event is about: first the one who did it, then others it names (one row each). */
  readonly about: readonly SubjectReference[]
  /** Plain properties; order lines are the array of objects under `items`. */
  readonly properties: Readonly<Record<string, RawValue>>
}
export type AttributeOperation = 'set' | 'set_once' | 'increment' | 'append' | 'unset'
export interface IncomingAttributes {
  readonly type: 'attributes'
  readonly key: MessageKey
  readonly ts: number
  readonly about: SubjectReference
  readonly changes: readonly {
    readonly operation: AttributeOperation
    readonly attribute: string
    readonly value: RawValue
  }[]
}
/** States that these identities belong to one subject. */
export interface IncomingIdentities {
  readonly type: 'identities'
  readonly key: MessageKey
  readonly ts: number
  readonly about: SubjectReference
}
export interface IncomingRelation {
  readonly type: 'relation'
  readonly key: MessageKey
  readonly relation: string
  readonly from: SubjectReference
  readonly to: SubjectReference
  readonly role: string | null
  /** Valid from, ms. */
  readonly ts: number
  /** Valid until, ms; null = open. */
  readonly until: number | null
}
/** A row of an item catalogue (goods, articles …). */
export interface IncomingItem {
  readonly type: 'item'
  readonly key: MessageKey
  readonly catalogue: string
  readonly item: string
  readonly ts: number
  readonly properties: Readonly<Record<string, RawValue>>
}
export type Incoming = IncomingEvent | IncomingAttributes | IncomingIdentities | IncomingRelation | IncomingItem
