import type { SubjectEntry } from '@tagtree/core/catalog/catalog'
import type { FlatProperty } from '@tagtree/core/catalog/flatten'
import type { FactReason, LeftOutReason } from '@tagtree/core/collect/fact-reasons'
import type {
  Incoming,
  IncomingAttributes,
  IncomingEvent,
  IncomingIdentities,
  IncomingItem,
  IncomingRelation,
} from '@tagtree/core/collect/incoming'
import type { KnownIdentity } from '@tagtree/core/identify/identify-fact'

/** Where a fact came from. */
export interface Origin {
  readonly source: string
  readonly importId: number
  /** ms */
  readonly receivedAt: number
}

/** A fact as the log has it. */
export interface RawFact {
  readonly origin: Origin
  readonly record: Incoming
}

/** A subject with the identities that may be used, never empty. */
export interface CheckedSubject {
  readonly subject: SubjectEntry
  readonly identities: readonly KnownIdentity[]
}

/** A value or identity that was left out of a fact. */
export interface LeftOutValue {
  readonly reason: LeftOutReason
  /** JSON pointer into the fact. */
  readonly pointer: string
  /** What it was, shortened; never for identities. */
  readonly value: unknown
}

interface Checked<Record extends Incoming> {
  readonly origin: Origin
  readonly record: Record
  /** ms; a moment in the future became the moment of arrival. */
  readonly ts: number
  readonly leftOut: LeftOutValue[]
}
export interface CheckedEvent extends Checked<IncomingEvent> {
  readonly kind: 'event'
  readonly event: string
  readonly about: readonly CheckedSubject[]
  readonly plain: readonly FlatProperty[]
  /** One list of fields per order line. */
  readonly lines: readonly (readonly FlatProperty[])[]
}
export interface CheckedAttributes extends Checked<IncomingAttributes> {
  readonly kind: 'attributes'
  readonly about: CheckedSubject
}
export interface CheckedIdentities extends Checked<IncomingIdentities> {
  readonly kind: 'identities'
  readonly about: CheckedSubject
}
export interface CheckedRelation extends Checked<IncomingRelation> {
  readonly kind: 'relation'
  /** The relation that has the rows; the ends are in its order. */
  readonly relation: string
  readonly from: CheckedSubject
  readonly to: CheckedSubject
  readonly until: number | null
}
export interface CheckedItem extends Checked<IncomingItem> {
  readonly kind: 'item'
  /** Canonical, as values that name items are. */
  readonly catalogue: string
  readonly item: string
  readonly plain: readonly FlatProperty[]
}
export type CheckedFact = CheckedEvent | CheckedAttributes | CheckedIdentities | CheckedRelation | CheckedItem

/** A fact that is not stored. `aside`: kept in quarantine; else only counted. */
export interface Rejection {
  readonly kind: 'rejected'
  readonly origin: Origin
  readonly record: Incoming
  readonly reason: FactReason
  readonly pointer: string
  readonly aside: boolean
}

/** What the fact's key says about it. */
export type Standing = 'created' | 'updated'

/** A fact that is stored, with its place in the total order. */
export interface PlacedFact<Fact extends CheckedFact = CheckedFact> {
  readonly fact: Fact
  /** First row number; an event about n subjects has n of them. */
  readonly seq: bigint
  readonly standing: Standing
}
