import type { CatalogueScope } from './categories.js'

/** Who uses a definition. */
export interface Use {
  readonly id: string
  readonly kind: string
}

/** Live definitions that name `id`, by kind and id. */
export async function readUses(scope: CatalogueScope, id: string): Promise<Use[]> {
  const { rows } = await scope.tx.query<Use>(
    `select distinct d.kind, d.id from definition_use u
     join definition d on d.workspace_id = u.workspace_id and d.id = u.from_id
       and u.version in (d.published_version, d.draft_version)
     where u.workspace_id = $1 and u.to_id = $2 and d.state = 'live' order by d.kind, d.id`,
    [scope.workspaceId, id],
  )
  return rows
}
