import type { Tx } from '../../store/postgres.js'

interface TenureRow {
  readonly node_id: number
  readonly identity: string
  readonly tenure: number
  readonly strong: boolean
}

/**
 * Last part of undoing an import, for the next `limit` nodes it gave: who was alive through it alone is so no more, and
 * identities that nobody else ever gave are deleted (tenures from the last one backwards; node numbers are never given
 * again). Logins that only the import knew are forgotten: later facts find the owners they would have found without it.
 * Repeatable. Answers the last node looked at, null = there are no more.
 */
export async function dropNodes(
  tx: Tx,
  workspaceId: number,
  importId: number,
  after: number,
  limit: number,
): Promise<number | null> {
  const given = await tx.query<{ node_id: number }>(
    `select node_id from (
       (select node_id from node_presence where workspace_id = $1 and import_id = $2 and node_id > $3
        order by node_id limit $4)
       union
       (select b as node_id from identity_edge where workspace_id = $1 and import_id = $2 and b > $3 order by b limit $4)
     ) both_lists order by node_id limit $4`,
    [workspaceId, importId, after, limit],
  )
  const nodes = given.rows.map((row) => row.node_id)
  if (nodes.length === 0) return null
  const { rows: tenures } = await tx.query<TenureRow>(
    `select t.node_id, encode(t.value_blind, 'hex') || t.kind as identity, t.tenure, t.strong
     from identity_node n
     join identity_node t on t.workspace_id = $1 and t.kind = n.kind and t.value_blind = n.value_blind
     where n.workspace_id = $1 and n.node_id = any($2::int[])
     group by t.node_id, t.value_blind, t.kind, t.tenure, t.strong`,
    [workspaceId, nodes],
  )
  const { needed, owned } = await findNeeded(tx, workspaceId, importId, tenures)
  const lastNeeded = new Map<string, number>()
  for (const { node_id: node, identity, tenure } of tenures) {
    if (needed.has(node)) lastNeeded.set(identity, Math.max(lastNeeded.get(identity) ?? -1, tenure))
  }
  const dropped = tenures.filter(({ identity, tenure }) => tenure > (lastNeeded.get(identity) ?? -1))
  const unowned = tenures.filter(({ node_id: node, strong }) => !strong && !owned.has(node))
  await tx.query('delete from node_presence where workspace_id = $1 and import_id = $2 and node_id = any($3::int[])', [
    workspaceId,
    importId,
    nodes,
  ])
  await tx.query('delete from identity_node where workspace_id = $1 and node_id = any($2::int[])', [
    workspaceId,
    dropped.map((row) => row.node_id),
  ])
  await tx.query(
    `update identity_node set login_ts = null
     where workspace_id = $1 and node_id = any($2::int[]) and login_ts is not null`,
    [workspaceId, unowned.map((row) => row.node_id)],
  )
  return nodes.at(-1)!
}

/** Nodes that other sources speak of, and weak ones that still belong to somebody by what they say. */
async function findNeeded(
  tx: Tx,
  workspaceId: number,
  importId: number,
  tenures: readonly TenureRow[],
): Promise<{ needed: Set<number>; owned: Set<number> }> {
  const ids = tenures.map((row) => row.node_id)
  const present = await tx.query<{ node_id: number }>(
    `select distinct node_id from node_presence where workspace_id = $1 and node_id = any($2::int[]) and import_id <> $3`,
    [workspaceId, ids, importId],
  )
  const edges = await tx.query<{ a: number; b: number; strong: boolean; accepted: boolean }>(
    `select e.a, e.b, s.strong, e.reason is null as accepted from (
       select a, b, reason from identity_edge where workspace_id = $1 and removed_seq is null and a = any($2::int[])
       union
       select a, b, reason from identity_edge where workspace_id = $1 and removed_seq is null and b = any($2::int[])) e
     join identity_node s on s.workspace_id = $1 and s.node_id = e.a`,
    [workspaceId, ids],
  )
  const needed = new Set(present.rows.map((row) => row.node_id))
  const owned = new Set<number>()
  for (const { a, b, strong, accepted } of edges.rows) {
    needed.add(a).add(b)
    if (strong && accepted) owned.add(b)
  }
  return { needed, owned }
}
