import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import { checkTree, liveChildren, readCategories, requireCategory } from './category-tree.js'
import { CatalogueChange } from './change-log.js'
import { KIND_WORDS } from './kind-words.js'
import type { CatalogueScope, CatalogueState } from './scope.js'

export interface CategoryInput {
  readonly id: string
  readonly name: Text
  /** null = first level 一级标签. */
  readonly parentId: string | null
  readonly theme?: string | null
  readonly note?: Text | null
}

/** @throws AppError NAME_TAKEN | NOT_FOUND (parent) | CATEGORY_TOO_DEEP. Answers the change number. */
export async function createCategory(scope: CatalogueScope, input: CategoryInput): Promise<string> {
  const change = await CatalogueChange.begin(scope)
  const tree = await readCategories(scope)
  const taken = tree.get(input.id)
  if (taken && taken.state !== 'deleted') {
    throw new AppError('NAME_TAKEN', { pointer: '/id', words: { what: KIND_WORDS.category, name: input.id } })
  }
  await change.insert('category', input.id, {
    parent_id: input.parentId,
    name: input.name,
    theme: input.theme ?? null,
    note: input.note ?? null,
    position: 1 + Math.max(-1, ...liveChildren(tree, input.parentId).map((sibling) => sibling.position)),
    state: 'live',
  })
  checkTree(await readCategories(scope))
  return change.record({ verb: 'create', what: 'category', id: input.id })
}

/** Renames, or changes theme and note. @throws AppError NOT_FOUND | NAME_TAKEN */
export async function editCategory(
  scope: CatalogueScope,
  id: string,
  patch: { readonly name?: Text; readonly theme?: string | null; readonly note?: Text | null },
): Promise<string> {
  const change = await CatalogueChange.begin(scope)
  requireCategory(await readCategories(scope), id)
  await change.update('category', id, { ...patch })
  checkTree(await readCategories(scope))
  return change.record({ verb: patch.name === undefined ? 'edit' : 'rename', what: 'category', id })
}

/**
 * Moves a category with everything below it; `position` is its new place among the live siblings (null = last).
 * @throws AppError NOT_FOUND | CATEGORY_CYCLE when the new parent lies inside it | NAME_TAKEN | CATEGORY_TOO_DEEP
 */
export async function moveCategory(
  scope: CatalogueScope,
  id: string,
  parentId: string | null,
  position: number | null,
): Promise<string> {
  const change = await CatalogueChange.begin(scope)
  const tree = await readCategories(scope)
  const row = requireCategory(tree, id)
  await change.update('category', id, { parent_id: parentId })
  checkTree(await readCategories(scope))
  const siblings = liveChildren(tree, parentId).filter((sibling) => sibling.id !== id)
  siblings.splice(position ?? siblings.length, 0, row)
  await change.reorder('category', siblings)
  return change.record({ verb: row.parent_id === parentId ? 'reorder' : 'move', what: 'category', id })
}

/**
 * Archived categories disappear from the tree but keep their place; `live` brings one back.
 * @throws AppError NOT_FOUND | IN_USE while something is in it | NAME_TAKEN
 */
export async function setCategoryState(scope: CatalogueScope, id: string, state: CatalogueState): Promise<string> {
  const change = await CatalogueChange.begin(scope)
  requireCategory(await readCategories(scope), id)
  await change.update('category', id, { state })
  await checkNothingLost(scope, id, state)
  checkTree(await readCategories(scope))
  const verb = state === 'live' ? 'restore' : state === 'archived' ? 'archive' : 'delete'
  return change.record({ verb, what: 'category', id })
}

/**
 * Nothing in use goes silently: what is live stays in a live category, what is archived in one that can come back.
 * @throws AppError IN_USE naming what is in it
 */
export async function checkNothingLost(scope: CatalogueScope, id: string, state: CatalogueState): Promise<void> {
  if (state === 'live') return
  const { rows } = await scope.tx.query<{ id: string }>(
    `select id from (
       select id, state from definition where workspace_id = $1 and category_id = $2
       union all select id, state from category where workspace_id = $1 and parent_id = $2) as inside
     where state = 'live' or ($3 and state = 'archived') order by id limit 20`,
    [scope.workspaceId, id, state === 'deleted'],
  )
  if (rows.length === 0) return
  throw new AppError('IN_USE', {
    words: { what: KIND_WORDS.category, name: id, uses: rows.map((row) => row.id).join(', ') },
  })
}
