import { instantText } from '@tagtree/core/catalog/stored-date'
import type { KnownIdentity } from '@tagtree/core/identify/identify-fact'
import type { Vault } from '../../identify/identity-vault.js'
import type { Tx } from '../../store/postgres.js'
import type { IdentifiedBatch, SubjectOfFact } from './identify-batch.js'
import type { IdentityState } from './identity-state.js'
import { blindOf } from './load-identities.js'
import type { RowWriter } from './row-text.js'

export interface IdentityWriters {
  readonly nodes: RowWriter
  readonly identities: RowWriter
  readonly overrides: RowWriter
}

/** Columns of the identity tables of ClickHouse. */
export const NODE_COLUMNS = ['node_id', 'subject', 'profile_id', 'import_id', 'strong', 'first_ts', 'seq'] as const
export const IDENTITY_COLUMNS = ['node_id', 'subject', 'profile_id', 'kind', 'blind_hex', 'seq', 'import_id'] as const
export const OVERRIDE_COLUMNS = ['node_id', 'profile_id', 'version'] as const

/** What is remembered once the transaction committed. */
export type Remember = () => void

/** Writes what a batch found out about identities; answers the next edge number and what to remember after the commit. */
export async function writeIdentities(
  tx: Tx,
  workspaceId: number,
  subjects: readonly SubjectOfFact[],
  batch: IdentifiedBatch,
  state: IdentityState,
  vault: Vault,
  writers: IdentityWriters,
  nextEdge: bigint,
  version: bigint,
): Promise<{ nextEdge: bigint; remember: Remember }> {
  await insertNodes(tx, workspaceId, batch, vault)
  await moveNodes(tx, workspaceId, batch)
  for (const { node, to } of batch.moved) {
    writers.overrides.add(`{"node_id":${node.id},"profile_id":${to},"version":"${version}"}`)
  }
  await noteLogins(tx, workspaceId, batch)
  const edges = await insertEdges(tx, workspaceId, subjects, batch, state, nextEdge)
  const presence = await notePresence(tx, workspaceId, subjects, batch, state, vault, writers)
  return {
    nextEdge: edges.nextEdge,
    remember: () => {
      for (const [key, tenures] of batch.tenures) {
        state.tenures.set(
          key,
          tenures.map(({ node, from, loginTs }) => ({ node, from, loginTs })),
        )
        for (const { node } of tenures) state.profileOf.set(node.id, batch.profileOf(node))
      }
      for (const { node, to } of batch.moved) if (state.profileOf.has(node.id)) state.profileOf.set(node.id, to)
      for (const key of edges.keys) state.edges.set(key, true)
      for (const [key, ts] of presence) state.presence.set(key, ts)
    },
  }
}

async function insertNodes(tx: Tx, workspaceId: number, batch: IdentifiedBatch, vault: Vault): Promise<void> {
  const { newNodes } = batch
  if (newNodes.length === 0) return
  const loginOf = new Map<number, number | null>()
  for (const tenures of batch.tenures.values()) for (const { node, loginTs } of tenures) loginOf.set(node.id, loginTs)
  await tx.query({
    name: 'node-insert',
    text: `insert into identity_node (workspace_id, node_id, subject, kind, value_blind, value_enc, strong, tenure,
             tenure_ts, login_ts, profile_id, profile_seq, created_seq)
           select $1, node_id, subject, kind, decode(blind, 'hex'), decode(enc, 'base64'), strong, tenure,
             tenure_ts, login_ts, profile_id, created_seq, created_seq
           from unnest($2::int[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::int[],
             $9::bigint[], $10::bigint[], $11::int[], $12::bigint[])
             as t(node_id, subject, kind, blind, enc, strong, tenure, tenure_ts, login_ts, profile_id, created_seq)`,
    values: [
      workspaceId,
      newNodes.map(({ node }) => node.id),
      newNodes.map(({ node }) => node.subject),
      newNodes.map(({ node }) => node.kind),
      newNodes.map(({ identity }) => blindOf(vault, workspaceId, identity)),
      newNodes.map(({ node, identity }) =>
        vault.encryptIdentity(workspaceId, node.kind, node.id, identity.value).toString('base64'),
      ),
      newNodes.map(({ node }) => node.strong),
      newNodes.map(({ tenure }) => tenure),
      newNodes.map(({ from }) => from),
      newNodes.map(({ node }) => loginOf.get(node.id) ?? null),
      newNodes.map(({ node }) => batch.profileOf(node)),
      newNodes.map(({ seq }) => seq.toString()),
    ],
  })
}

/** The former profile goes into the history, the new one into the node. */
async function moveNodes(tx: Tx, workspaceId: number, batch: IdentifiedBatch): Promise<void> {
  const { moved } = batch
  await writeMoves(
    tx,
    workspaceId,
    moved.map(({ node, to, seq }) => ({ nodeId: node.id, to, seq })),
  )
}

/** Gives nodes another profile from `seq` on. */
export async function writeMoves(
  tx: Tx,
  workspaceId: number,
  moves: readonly { readonly nodeId: number; readonly to: number; readonly seq: bigint }[],
): Promise<void> {
  if (moves.length === 0) return
  const values = [
    workspaceId,
    moves.map(({ nodeId }) => nodeId),
    moves.map(({ to }) => to),
    moves.map(({ seq }) => seq.toString()),
  ]
  await tx.query({
    name: 'node-history',
    text: `insert into node_profile (workspace_id, node_id, profile_id, from_seq, to_seq)
           select $1, n.node_id, n.profile_id, n.profile_seq, t.seq
           from unnest($2::int[], $3::int[], $4::bigint[]) as t(node_id, profile_id, seq)
           join identity_node n on n.workspace_id = $1 and n.node_id = t.node_id
           where n.profile_seq < t.seq
           on conflict do nothing`,
    values,
  })
  await tx.query({
    name: 'node-move',
    text: `update identity_node n set profile_id = t.profile_id, profile_seq = t.seq
           from unnest($2::int[], $3::int[], $4::bigint[]) as t(node_id, profile_id, seq)
           where n.workspace_id = $1 and n.node_id = t.node_id`,
    values,
  })
}

async function noteLogins(tx: Tx, workspaceId: number, batch: IdentifiedBatch): Promise<void> {
  if (batch.logins.size === 0) return
  await tx.query({
    name: 'node-login',
    text: `update identity_node n set login_ts = t.ts from unnest($2::int[], $3::bigint[]) as t(node_id, ts)
           where n.workspace_id = $1 and n.node_id = t.node_id`,
    values: [workspaceId, [...batch.logins.keys()], [...batch.logins.values()]],
  })
}

async function insertEdges(
  tx: Tx,
  workspaceId: number,
  subjects: readonly SubjectOfFact[],
  batch: IdentifiedBatch,
  state: IdentityState,
  nextEdge: bigint,
): Promise<{ nextEdge: bigint; keys: Iterable<string> }> {
  const added = new Map<string, { a: number; b: number; importId: number; seq: bigint; reason: string | null }>()
  batch.subjects.forEach(({ fact }, index) => {
    const { placed, seq } = subjects[index]!
    const { importId } = placed.fact.origin
    for (const { a, b, reason } of fact.evidence) {
      const key = `${a}:${b}:${importId}`
      if (!state.edges.has(key) && !added.has(key)) added.set(key, { a, b, importId, seq, reason })
    }
  })
  if (added.size === 0) return { nextEdge, keys: [] }
  const edges = [...added.values()]
  await tx.query({
    name: 'edge-insert',
    text: `insert into identity_edge (workspace_id, edge_id, a, b, rule, import_id, evidence_seq, known_seq, reason)
           select $1, $2::bigint + ord - 1, a, b, 'together', import_id, seq, seq, reason
           from unnest($3::int[], $4::int[], $5::int[], $6::bigint[], $7::text[]) with ordinality
             as t(a, b, import_id, seq, reason, ord)
           on conflict (workspace_id, a, b, import_id) where removed_seq is null do nothing`,
    values: [
      workspaceId,
      nextEdge.toString(),
      edges.map(({ a }) => a),
      edges.map(({ b }) => b),
      edges.map(({ importId }) => importId),
      edges.map(({ seq }) => seq.toString()),
      edges.map(({ reason }) => reason),
    ],
  })
  return { nextEdge: nextEdge + BigInt(edges.length), keys: added.keys() }
}

/** Who is alive since when, per source; a row for ClickHouse where that is news. */
async function notePresence(
  tx: Tx,
  workspaceId: number,
  subjects: readonly SubjectOfFact[],
  batch: IdentifiedBatch,
  state: IdentityState,
  vault: Vault,
  writers: IdentityWriters,
): Promise<Map<string, number>> {
  const seen = new Map<string, { nodeId: number; importId: number; ts: number; seq: bigint }>()
  const nodes = new Map<number, IdentifiedBatch['newNodes'][number]['node']>()
  batch.subjects.forEach(({ fact }, index) => {
    const { placed, seq } = subjects[index]!
    const { ts } = placed.fact
    const { importId } = placed.fact.origin
    for (const node of fact.present) {
      const key = `${node.id}:${importId}`
      const stored = state.presence.get(key)
      if (stored !== undefined && stored <= ts) continue
      const known = seen.get(key)
      if (known !== undefined && known.ts <= ts) continue
      seen.set(key, { nodeId: node.id, importId, ts, seq })
      nodes.set(node.id, node)
    }
  })
  const firsts = new Map<string, number>()
  if (seen.size === 0) return firsts
  const all = [...seen.values()]
  const { rows } = await tx.query<{ node_id: number; import_id: number; first: boolean }>({
    name: 'presence',
    text: `insert into node_presence (workspace_id, node_id, import_id, first_ts)
           select $1, node_id, import_id, ts from unnest($2::int[], $3::int[], $4::bigint[]) as t(node_id, import_id, ts)
           on conflict (workspace_id, node_id, import_id) do update set first_ts = excluded.first_ts
           where excluded.first_ts < node_presence.first_ts
           returning node_id, import_id, (xmax = 0) as first`,
    values: [workspaceId, all.map((one) => one.nodeId), all.map((one) => one.importId), all.map((one) => one.ts)],
  })
  for (const row of rows) {
    const key = `${row.node_id}:${row.import_id}`
    const { ts, seq } = seen.get(key)!
    const node = nodes.get(row.node_id)!
    const profile = batch.profileOf(node)
    firsts.set(key, ts)
    writers.nodes.add(
      `{"node_id":${node.id},"subject":${node.subject},"profile_id":${profile},"import_id":${row.import_id},"strong":${node.strong ? 1 : 0},"first_ts":"${instantText(ts)}","seq":"${seq}"}`,
    )
    if (!row.first) continue
    const identity: KnownIdentity = batch.identityOf.get(node.id)!
    const blind = blindOf(vault, workspaceId, identity)
    writers.identities.add(
      `{"node_id":${node.id},"subject":${node.subject},"profile_id":${profile},"kind":${JSON.stringify(node.kind)},"blind_hex":"${blind}","seq":"${seq}","import_id":${row.import_id}}`,
    )
  }
  return firsts
}
