import type { LeftOutReason } from '@tagtree/core/collect/fact-reasons'
import type { IdentityReference } from '@tagtree/core/collect/incoming'
import type { KnownIdentity } from '@tagtree/core/identify/identify-fact'
import { findIdentityKind } from '@tagtree/core/identify/kinds'
import { normaliseIdentity } from '@tagtree/core/identify/normalise'
import { LRUCache } from 'lru-cache'
import type { Names } from '../../store/names.js'
import type { CollectPolicy } from '../policy.js'

/** Reads identities as they were sent; what was read lately is remembered. */
export interface IdentityReader {
  /** The usable identity of a subject kind, or why it is none. */
  read(subject: string, identity: IdentityReference): KnownIdentity | LeftOutReason
}

/** A reader for one state of the names and the policy. */
export function makeIdentityReader(names: Names, policy: CollectPolicy): IdentityReader {
  const remembered = new LRUCache<string, KnownIdentity | LeftOutReason>({ max: 20_000 })
  return {
    read: (subject, identity) => {
      if (typeof identity !== 'object' || identity === null) return 'identity_kind_unknown'
      const { kind, value } = identity
      if (typeof kind !== 'string' || typeof value !== 'string') return 'identity_kind_unknown'
      const sent = `${subject}\0${kind}\0${value}`
      const known = remembered.get(sent)
      if (known !== undefined) return known
      const read = readIdentity(names, policy, subject, kind, value)
      remembered.set(sent, read)
      return read
    },
  }
}

function readIdentity(
  names: Names,
  policy: CollectPolicy,
  subject: string,
  kind: string,
  value: string,
): KnownIdentity | LeftOutReason {
  const entry = findIdentityKind(names.identityKinds, kind)
  if (entry === undefined) return 'identity_kind_unknown'
  if (entry.subject !== subject) return 'identity_of_other_subject'
  const normalised = normaliseIdentity(entry, value, policy.blockedIdentities)
  if (normalised.kind === 'fault') return `identity_${normalised.fault}`
  return { entry, value: normalised.value, key: `${entry.key}\0${normalised.value}` }
}
