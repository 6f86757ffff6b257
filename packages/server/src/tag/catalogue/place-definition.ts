import type { Catalog } from '@tagtree/core/catalog/catalog'
import { readCategories, requireLiveCategory } from './category-tree.js'
import { CatalogueChange } from './change-log.js'
import { readDefinition, requireHead } from './definitions.js'
import { checkDefinition } from './save-definition.js'
import type { CatalogueScope, CatalogueState } from './scope.js'
import { checkReferences, refuseUsed } from './usage.js'

/**
 * Moves a definition to a category (null = none); `position` is its new place among what is live there (null = last).
 * @throws AppError NOT_FOUND
 */
export async function moveDefinition(
  scope: CatalogueScope,
  id: string,
  categoryId: string | null,
  position: number | null,
): Promise<string> {
  const change = await CatalogueChange.begin(scope)
  const head = await requireHead(scope, id)
  if (categoryId !== null) requireLiveCategory(await readCategories(scope), categoryId, '/categoryId')
  await change.update('definition', id, { category_id: categoryId })
  const { rows } = await scope.tx.query<{ id: string; position: number }>(
    `select id, position from definition where workspace_id = $1 and category_id is not distinct from $2 and id <> $3
     and state = 'live' order by position, id for update`,
    [scope.workspaceId, categoryId, id],
  )
  const siblings = [...rows]
  siblings.splice(position ?? siblings.length, 0, head)
  await change.reorder('definition', siblings)
  return change.record({ verb: head.category_id === categoryId ? 'reorder' : 'move', what: head.kind, id })
}

/**
 * Archives, deletes or brings back. An archived tag keeps its values but no run computes it; what comes back into a
 * category that is gone stands in none.
 * @throws AppError NOT_FOUND | IN_USE naming what uses it | DEFINITION_INVALID when it no longer fits the catalogue
 */
export async function setDefinitionState(
  scope: CatalogueScope,
  id: string,
  state: CatalogueState,
  catalog: Catalog,
): Promise<string> {
  const change = await CatalogueChange.begin(scope)
  const head = await requireHead(scope, id)
  if (state === 'live') {
    const { body } = await readDefinition(scope, id)
    if (body.kind !== 'list') await scope.checkSql?.(checkDefinition(body, catalog).definition, catalog, true)
    const tree = await readCategories(scope)
    const isPlaced = head.category_id === null || tree.get(head.category_id)?.state === 'live'
    await change.update('definition', id, isPlaced ? { state } : { state, category_id: null })
    await checkReferences(scope, id)
  } else {
    await refuseUsed(scope, id, head.kind)
    await change.update('definition', id, { state })
  }
  const verb = state === 'live' ? 'restore' : state === 'archived' ? 'archive' : 'delete'
  return change.record({ verb, what: head.kind, id })
}
