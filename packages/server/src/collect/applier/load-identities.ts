import type { IdentityNode } from '@tagtree/core/identify/graph'
import type { KnownIdentity } from '@tagtree/core/identify/identify-fact'
import { findIdentityKind } from '@tagtree/core/identify/kinds'
import type { Vault } from '../../identify/identity-vault.js'
import type { Names } from '../../store/names.js'
import type { Tx } from '../../store/postgres.js'
import type { IdentityState, KnownTenure } from './identity-state.js'

interface NodeRow {
  readonly ord: number
  readonly node_id: number
  readonly subject: number
  readonly kind: string
  readonly strong: boolean
  readonly tenure_ts: string | null
  readonly login_ts: string | null
  readonly profile_id: number
}

const blinds = new WeakMap<KnownIdentity, string>()

/** The blind value of an identity in hexadecimal; made once per identity object, which readers hand out again and again. */
export function blindOf(vault: Vault, workspaceId: number, identity: KnownIdentity): string {
  let blind = blinds.get(identity)
  if (blind === undefined) {
    blind = vault.blind(workspaceId, identity.entry.key, identity.value).toString('hex')
    blinds.set(identity, blind)
  }
  return blind
}

/** A stored node; the limit of its kind is the workspace's present one. */
export function toNode(
  row: Pick<NodeRow, 'node_id' | 'subject' | 'kind' | 'strong'>,
  kinds: Names['identityKinds'],
): IdentityNode {
  const limit = row.strong ? (findIdentityKind(kinds, row.kind)?.limit ?? null) : null
  return { id: row.node_id, subject: row.subject, kind: row.kind, strong: row.strong, limit }
}

/** Tenures of the given identities, from memory or in one look-up. Identities never seen are missing in the answer. */
export async function loadTenures(
  tx: Tx,
  workspaceId: number,
  identities: ReadonlyMap<string, KnownIdentity>,
  state: IdentityState,
  vault: Vault,
  names: Names,
): Promise<Map<string, readonly KnownTenure[]>> {
  const found = new Map<string, readonly KnownTenure[]>()
  const missing: KnownIdentity[] = []
  for (const [key, identity] of identities) {
    const known = state.tenures.get(key)
    if (known?.every((tenure) => state.profileOf.has(tenure.node.id)) === true) found.set(key, known)
    else missing.push(identity)
  }
  if (missing.length === 0) return found
  const { rows } = await tx.query<NodeRow>({
    name: 'nodes-by-identity',
    text: `select t.ord::int as ord, n.node_id, n.subject, n.kind, n.strong, n.tenure_ts, n.login_ts, n.profile_id
           from unnest($2::text[], $3::text[]) with ordinality as t(kind, blind, ord)
           join identity_node n
             on n.workspace_id = $1 and n.kind = t.kind and n.value_blind = decode(t.blind, 'hex')
           order by t.ord, n.tenure`,
    values: [
      workspaceId,
      missing.map((identity) => identity.entry.key),
      missing.map((identity) => blindOf(vault, workspaceId, identity)),
    ],
  })
  for (const row of rows) {
    const { key } = missing[row.ord - 1]!
    const tenure: KnownTenure = {
      node: toNode(row, names.identityKinds),
      from: row.tenure_ts === null ? null : Number(row.tenure_ts),
      loginTs: row.login_ts === null ? null : Number(row.login_ts),
    }
    found.set(key, [...(found.get(key) ?? []), tenure])
    state.profileOf.set(row.node_id, row.profile_id)
  }
  for (const { key } of missing) {
    const tenures = found.get(key)
    if (tenures !== undefined) state.tenures.set(key, tenures)
  }
  return found
}

/** All nodes of the given profiles. */
export async function loadProfiles(
  tx: Tx,
  workspaceId: number,
  profiles: readonly number[],
  names: Names,
): Promise<Map<number, IdentityNode[]>> {
  const found = new Map<number, IdentityNode[]>()
  if (profiles.length === 0) return found
  const { rows } = await tx.query<Omit<NodeRow, 'ord' | 'tenure_ts' | 'login_ts'>>({
    name: 'nodes-by-profile',
    text: `select node_id, subject, kind, strong, profile_id from identity_node
           where workspace_id = $1 and profile_id = any($2::int[]) order by node_id`,
    values: [workspaceId, profiles],
  })
  for (const row of rows) {
    const nodes = found.get(row.profile_id) ?? []
    nodes.push(toNode(row, names.identityKinds))
    found.set(row.profile_id, nodes)
  }
  return found
}
