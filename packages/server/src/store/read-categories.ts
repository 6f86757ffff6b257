import type { CategoryEntry } from '@tagtree/core/catalog/catalog'
import type { Text } from '@tagtree/core/language/document'
import type { Tx } from './postgres.js'

/** The live categories of the catalogue, each with the published live tags in it and below it, oldest tags first. */
export async function readCategories(tx: Tx, workspaceId: number): Promise<ReadonlyMap<string, CategoryEntry>> {
  const { rows } = await tx.query<{ id: string; name: Text; tags: readonly string[] }>(
    `with recursive below(top, id) as (
       select id, id from category where workspace_id = $1 and state = 'live'
       union
       select b.top, c.id from below b
       join category c on c.workspace_id = $1 and c.parent_id = b.id and c.state = 'live')
     select c.id, c.name,
            array(select d.id from below b
                  join definition d on d.workspace_id = $1 and d.category_id = b.id
                  where b.top = c.id and d.kind = 'tag' and d.state = 'live' and d.published_version is not null
                  order by d.number) as tags
     from category c where c.workspace_id = $1 and c.state = 'live' order by c.position, c.id`,
    [workspaceId],
  )
  return new Map(rows.map(({ id, name, tags }) => [id, { id, labels: name, tags }]))
}
