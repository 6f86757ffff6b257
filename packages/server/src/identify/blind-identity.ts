import type { Catalog } from '@tagtree/core/catalog/catalog'
import { findIdentityKind } from '@tagtree/core/identify/kinds'
import { normaliseIdentity } from '@tagtree/core/identify/normalise'
import type { Vault } from './identity-vault.js'

/** Turns an identity that a condition names into its blind index (hex of 16 bytes), in any usual spelling. */
export type BlindIdentity = (kind: string, value: string) => string

/** Conditions compare identities as the door stored them: canonical and blind. What identifies nobody finds nobody. */
export function makeBlindIdentity(vault: Vault, workspaceId: number, catalog: Catalog): BlindIdentity {
  return (kind, value) => {
    const entry = findIdentityKind(catalog.identityKinds, kind)
    const normalised = entry === undefined ? null : normaliseIdentity(entry, value, new Set())
    const canonical = normalised?.kind === 'ok' ? normalised.value : value
    return vault.blind(workspaceId, kind, canonical).toString('hex')
  }
}
