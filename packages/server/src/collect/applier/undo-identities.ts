import type { IdentityNode } from '@tagtree/core/identify/graph'
import { resolve } from '@tagtree/core/identify/resolve'
import type { Names } from '../../store/names.js'
import type { Tx } from '../../store/postgres.js'
import { toNode } from './load-identities.js'
import { writeMoves } from './write-identities.js'

/** Nodes that changed their profile by a replay. */
export interface Replayed {
  readonly moved: readonly { readonly node: IdentityNode; readonly from: number; readonly to: number }[]
  /** Final profile -> all its nodes, for every profile that lost or got a node. */
  readonly touched: ReadonlyMap<number, readonly IdentityNode[]>
}

/** Takes away what one import stated of identities; the profiles it joined are replayed afterwards. Repeatable. */
export async function removeEvidence(tx: Tx, workspaceId: number, importId: number, seq: bigint): Promise<void> {
  await tx.query('delete from import_key where workspace_id = $1 and import_id = $2', [workspaceId, importId])
  await tx.query(
    `update identity_edge set removed_seq = $3, reason = coalesce(reason, 'import_undone')
     where workspace_id = $1 and import_id = $2 and removed_seq is null`,
    [workspaceId, importId, seq.toString()],
  )
}

/** The profiles that the next pieces of evidence of an import are about. null = there is no more. */
export async function profilesOfEvidence(
  tx: Tx,
  workspaceId: number,
  importId: number,
  after: string,
  limit: number,
): Promise<{ readonly profiles: number[]; readonly last: string } | null> {
  const edges = await tx.query<{ edge_id: string; a: number; b: number }>(
    `select edge_id, a, b from identity_edge where workspace_id = $1 and import_id = $2 and edge_id > $3
     order by edge_id limit $4`,
    [workspaceId, importId, after, limit],
  )
  const last = edges.rows.at(-1)?.edge_id
  if (last === undefined) return null
  const nodes = new Set(edges.rows.flatMap(({ a, b }) => [a, b]))
  const profiles = await tx.query<{ profile_id: number }>(
    'select distinct profile_id from identity_node where workspace_id = $1 and node_id = any($2::int[])',
    [workspaceId, [...nodes]],
  )
  return { profiles: profiles.rows.map((row) => row.profile_id), last }
}

interface EdgeRow {
  readonly edge_id: string
  readonly a: number
  readonly b: number
  readonly reason: string | null
}

/**
 * Replays the evidence of these profiles, and of all that refused evidence ties to them, in log order through the same
 * rule as online; writes the difference.
 */
export async function replayProfiles(
  tx: Tx,
  workspaceId: number,
  profiles: readonly number[],
  names: Names,
  seq: bigint,
): Promise<Replayed> {
  const { nodes, profileOf, edges } = await loadClosure(tx, workspaceId, profiles, names)
  const { profileOf: now, outcomes } = resolve([...nodes.values()], edges)
  const changedReasons = edges
    .map((edge, index) => ({ edge, reason: outcomes[index] ?? null }))
    .filter(({ edge, reason }) => (edge.reason === null) !== (reason === null))
  if (changedReasons.length > 0) {
    await tx.query(
      `update identity_edge e set reason = t.reason from unnest($2::bigint[], $3::text[]) as t(edge_id, reason)
       where e.workspace_id = $1 and e.edge_id = t.edge_id`,
      [workspaceId, changedReasons.map(({ edge }) => edge.edge_id), changedReasons.map(({ reason }) => reason)],
    )
  }
  const moved: { node: IdentityNode; from: number; to: number }[] = []
  const affected = new Set<number>()
  for (const node of nodes.values()) {
    const from = profileOf.get(node.id)!
    const to = now.get(node.id)!
    if (from === to) continue
    moved.push({ node, from, to })
    affected.add(from).add(to)
  }
  await writeMoves(
    tx,
    workspaceId,
    moved.map(({ node, to }) => ({ nodeId: node.id, to, seq })),
  )
  const touched = new Map<number, IdentityNode[]>()
  for (const node of nodes.values()) {
    const profile = now.get(node.id)!
    if (!affected.has(profile)) continue
    const list = touched.get(profile)
    if (list === undefined) touched.set(profile, [node])
    else list.push(node)
  }
  return { moved, touched }
}

/** All nodes and evidence that could decide about these profiles. */
async function loadClosure(tx: Tx, workspaceId: number, profiles: readonly number[], names: Names) {
  const nodes = new Map<number, IdentityNode>()
  const profileOf = new Map<number, number>()
  const edges = new Map<string, EdgeRow>()
  const known = new Set<number>()
  let wanted = [...profiles]
  while (wanted.length > 0) {
    for (const profile of wanted) known.add(profile)
    const found = await tx.query<{
      node_id: number
      subject: number
      kind: string
      strong: boolean
      profile_id: number
    }>(
      `select node_id, subject, kind, strong, profile_id from identity_node
       where workspace_id = $1 and profile_id = any($2::int[])`,
      [workspaceId, wanted],
    )
    for (const row of found.rows) {
      nodes.set(row.node_id, toNode(row, names.identityKinds))
      profileOf.set(row.node_id, row.profile_id)
    }
    const ids = found.rows.map((row) => row.node_id)
    const evidence = await tx.query<EdgeRow>(
      `select edge_id, a, b, reason from identity_edge
       where workspace_id = $1 and removed_seq is null and a = any($2::int[])
       union
       select edge_id, a, b, reason from identity_edge
       where workspace_id = $1 and removed_seq is null and b = any($2::int[])`,
      [workspaceId, ids],
    )
    const others = new Set<number>()
    for (const row of evidence.rows) {
      edges.set(row.edge_id, row)
      for (const end of [row.a, row.b]) if (!nodes.has(end)) others.add(end)
    }
    wanted = []
    if (others.size === 0) continue
    const beyond = await tx.query<{ profile_id: number }>(
      'select distinct profile_id from identity_node where workspace_id = $1 and node_id = any($2::int[])',
      [workspaceId, [...others]],
    )
    wanted = beyond.rows.map((row) => row.profile_id).filter((profile) => !known.has(profile))
  }
  const inOrder = [...edges.values()].sort((a, b) => (BigInt(a.edge_id) < BigInt(b.edge_id) ? -1 : 1))
  return { nodes, profileOf, edges: inOrder }
}
