import { maskIdentity } from '@tagtree/core/identify/mask'
import { inWorkspace } from '../store/postgres.js'
import type { Vault } from './identity-vault.js'
import { requireProfile, type SubjectScope } from './subject.js'

/** An end of a piece of evidence. */
export interface EvidenceEnd {
  readonly nodeId: number
  readonly kind: string
  readonly value: string
  /** Where that identity is now. */
  readonly profileId: number
}

/** One statement that two identities are one subject, and what came of it. */
export interface EvidenceEntry {
  readonly a: EvidenceEnd
  readonly b: EvidenceEnd
  /** 0 = streamed. */
  readonly importId: number
  /** ms of the fact's batch. */
  readonly knownAt: number | null
  /** null = they are one because of it; else why it was not followed. */
  readonly refused: string | null
}

interface Row {
  readonly a: number
  readonly b: number
  readonly import_id: number
  readonly reason: string | null
  readonly known_ms: number | null
  readonly a_kind: string | null
  readonly a_enc: Buffer | null
  readonly a_profile: number | null
  readonly b_kind: string | null
  readonly b_enc: Buffer | null
  readonly b_profile: number | null
}

/** Why a profile is what it is: all evidence about its identities, oldest first. @throws AppError NOT_FOUND */
export async function readEvidence(
  scope: Pick<SubjectScope, 'pool' | 'workspaceId' | 'vault'>,
  id: number,
  masked: boolean,
  limit: number,
): Promise<EvidenceEntry[]> {
  const { pool, workspaceId, vault } = scope
  const profileId = await requireProfile(scope, id)
  const rows = await inWorkspace(pool, workspaceId, async (tx) => {
    const found = await tx.query<Row>(
      `with nodes as (select node_id from identity_node where workspace_id = $1 and profile_id = $2),
            edges as (
              (select * from identity_edge where workspace_id = $1 and removed_seq is null
               and a in (select node_id from nodes) order by edge_id limit $3)
              union
              (select * from identity_edge where workspace_id = $1 and removed_seq is null
               and b in (select node_id from nodes) order by edge_id limit $3))
       select e.a, e.b, e.import_id, e.reason,
              (extract(epoch from t.stored_at) * 1000)::float8 as known_ms,
              a.kind as a_kind, a.value_enc as a_enc, a.profile_id as a_profile,
              b.kind as b_kind, b.value_enc as b_enc, b.profile_id as b_profile
       from edges e
       left join batch t on t.workspace_id = $1 and t.batch_no = e.known_seq / 65536
       left join identity_node a on a.workspace_id = $1 and a.node_id = e.a
       left join identity_node b on b.workspace_id = $1 and b.node_id = e.b
       order by e.edge_id limit $3`,
      [workspaceId, profileId, limit],
    )
    return found.rows
  })
  const end = (nodeId: number, kind: string | null, enc: Buffer | null, profile: number | null): EvidenceEnd => ({
    nodeId,
    kind: kind ?? '',
    value: kind === null || enc === null ? '' : show(vault, workspaceId, kind, nodeId, enc, masked),
    profileId: profile ?? 0,
  })
  return rows.map((row) => ({
    a: end(row.a, row.a_kind, row.a_enc, row.a_profile),
    b: end(row.b, row.b_kind, row.b_enc, row.b_profile),
    importId: row.import_id,
    knownAt: row.known_ms === null ? null : Math.trunc(row.known_ms),
    refused: row.reason,
  }))
}

function show(
  vault: Vault,
  workspaceId: number,
  kind: string,
  nodeId: number,
  encrypted: Buffer,
  masked: boolean,
): string {
  const value = vault.decryptIdentity(workspaceId, kind, nodeId, encrypted)
  return masked ? maskIdentity(kind, value) : value
}
