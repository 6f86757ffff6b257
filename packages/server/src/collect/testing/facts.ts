import { createHash } from 'node:crypto'
import type {
  AttributeOperation,
  Incoming,
  IncomingAttributes,
  IncomingEvent,
  IncomingIdentities,
  IncomingItem,
  IncomingRelation,
  MessageKey,
  RawValue,
  SubjectReference,
} from '@tagtree/core/collect/incoming'

/** 1 March 2026, noon in Shanghai: the present of the tests. */
export const NOON = Date.UTC(2026, 2, 1, 4)
export const HOUR = 3_600_000

/** A subject by `kind:value` identities. */
export function who(...identities: string[]): SubjectReference {
  const isOrganisation = identities[0]?.startsWith('organisation_id') === true
  return {
    subject: isOrganisation ? 'organisation' : 'person',
    identities: identities.map((identity) => {
      const colon = identity.indexOf(':')
      return { kind: identity.slice(0, colon), value: identity.slice(colon + 1) }
    }),
  }
}

/** A 64-bit key as doors make it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest().readBigInt64BE().toString()
}

export function streamKey(id: string): MessageKey {
  return { scope: 'stream', hash: hashOf(id), content: null }
}

/** The key of a file row, or of a thing in a file whose content may change. */
export function fileKey(id: string, content: string | null = null): MessageKey {
  return { scope: 'file', hash: hashOf(id), content: content === null ? null : hashOf(content) }
}

let count = 0
const nextKey = (): MessageKey => streamKey(`message ${++count}`)

type Options = { readonly key?: MessageKey; readonly ts?: number }

export function event(
  name: string,
  about: SubjectReference | readonly SubjectReference[],
  properties: Readonly<Record<string, RawValue>> = {},
  { key = nextKey(), ts = NOON }: Options = {},
): IncomingEvent {
  return { type: 'event', key, event: name, ts, about: 'subject' in about ? [about] : about, properties }
}

export function attributes(
  about: SubjectReference,
  changes: Readonly<Record<string, RawValue>>,
  { key = nextKey(), ts = NOON, operation = 'set' }: Options & { readonly operation?: AttributeOperation } = {},
): IncomingAttributes {
  const list = Object.entries(changes).map(([attribute, value]) => ({ operation, attribute, value }))
  return { type: 'attributes', key, ts, about, changes: list }
}

export function identities(about: SubjectReference, { key = nextKey(), ts = NOON }: Options = {}): IncomingIdentities {
  return { type: 'identities', key, ts, about }
}

export function relation(
  kind: string,
  from: SubjectReference,
  to: SubjectReference,
  { key = nextKey(), ts = NOON }: Options = {},
): IncomingRelation {
  return { type: 'relation', key, relation: kind, from, to, role: null, ts, until: null }
}

export function item(
  catalogue: string,
  key: string,
  properties: Readonly<Record<string, RawValue>>,
  { key: message = nextKey(), ts = NOON }: Options = {},
): IncomingItem {
  return { type: 'item', key: message, catalogue, item: key, ts, properties }
}

/** The same fact under another key. */
export function again<Fact extends Incoming>(fact: Fact): Fact {
  return { ...fact, key: nextKey() }
}
