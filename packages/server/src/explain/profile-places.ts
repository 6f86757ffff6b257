import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import type { FindPlaces } from './load-facts.js'

/** Nodes of profiles and every number their rows may be stamped with, as they are now. */
export function placesIn(pool: pg.Pool, workspaceId: number): FindPlaces {
  return (profiles) =>
    inWorkspace(pool, workspaceId, async (tx) => {
      const { rows } = await tx.query<{ profile_id: number; nodes: number[]; stamped: number[] | null }>(
        `select n.profile_id, array_agg(distinct n.node_id) as nodes,
                array_agg(distinct h.profile_id) filter (where h.profile_id is not null) as stamped
         from identity_node n
         left join node_profile h on h.workspace_id = n.workspace_id and h.node_id = n.node_id
         where n.workspace_id = $1 and n.profile_id = any($2::int[]) group by n.profile_id`,
        [workspaceId, profiles],
      )
      const found = new Map(rows.map((row) => [row.profile_id, row]))
      return profiles.map((profile) => {
        const row = found.get(profile)
        return { profile, nodes: row?.nodes ?? [], stamped: [...new Set([profile, ...(row?.stamped ?? [])])] }
      })
    })
}

/** The same as it was known at a row number: each node under the profile it had then. */
export function placesAt(pool: pg.Pool, workspaceId: number, knownSeq: string): FindPlaces {
  return (profiles) =>
    inWorkspace(pool, workspaceId, async (tx) => {
      const { rows } = await tx.query<{ then_profile: number; nodes: number[]; stamped: number[] }>(
        `with nodes as (
           select n.node_id, n.profile_id as now_profile,
             coalesce((select h.profile_id from node_profile h where h.workspace_id = $1 and h.node_id = n.node_id
                       and h.from_seq <= $3 and h.to_seq > $3 limit 1), n.profile_id) as then_profile
           from identity_node n where n.workspace_id = $1 and (n.profile_id = any($2::int[]) or exists (
             select from node_profile h where h.workspace_id = $1 and h.node_id = n.node_id and h.profile_id = any($2::int[]))))
         select then_profile, array_agg(distinct nodes.node_id) as nodes,
           array_agg(distinct now_profile) || coalesce(array_agg(distinct h.profile_id) filter (where h.profile_id is not null), '{}') as stamped
         from nodes left join node_profile h on h.workspace_id = $1 and h.node_id = nodes.node_id
         where then_profile = any($2::int[]) group by then_profile`,
        [workspaceId, profiles, knownSeq],
      )
      const found = new Map(rows.map((row) => [row.then_profile, row]))
      return profiles.map((profile) => {
        const row = found.get(profile)
        return { profile, nodes: row?.nodes ?? [], stamped: [...new Set([profile, ...(row?.stamped ?? [])])] }
      })
    })
}
