import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import { KIND_WORDS } from './kind-words.js'
import type { CatalogueScope, CatalogueState } from './scope.js'

export interface CategoryRow {
  readonly id: string
  readonly parent_id: string | null
  readonly name: Text
  readonly position: number
  readonly state: CatalogueState
}
export type CategoryTree = ReadonlyMap<string, CategoryRow>

const deepestLevel = 16

/** Every category that was ever made, by id. */
export async function readCategories({ tx, workspaceId }: CatalogueScope): Promise<CategoryTree> {
  const { rows } = await tx.query<CategoryRow>(
    `select id, parent_id, name, position, state from category where workspace_id = $1`,
    [workspaceId],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** @throws AppError NOT_FOUND when it was never made or is deleted */
export function requireCategory(tree: CategoryTree, id: string): CategoryRow {
  const row = tree.get(id)
  if (!row || row.state === 'deleted') {
    throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.category, name: id } })
  }
  return row
}

/** A category in which something may be put. @throws AppError NOT_FOUND when it is not live */
export function requireLiveCategory(tree: CategoryTree, id: string, pointer: string): CategoryRow {
  const row = tree.get(id)
  if (row?.state === 'live') return row
  throw new AppError('NOT_FOUND', { pointer, words: { what: KIND_WORDS.category, name: id } })
}

/** Siblings as the catalogue shows them: the live ones in their order. */
export function liveChildren(tree: CategoryTree, parentId: string | null): CategoryRow[] {
  return [...tree.values()]
    .filter((row) => row.parent_id === parentId && row.state === 'live')
    .sort((left, right) => left.position - right.position || (left.id < right.id ? -1 : 1))
}

/**
 * Holds a tree against the laws of the catalogue: the way up from a live category is live, without a circle and at most
 * 16 levels long, and live siblings have different names.
 * @throws AppError NOT_FOUND (the parent) | CATEGORY_CYCLE | CATEGORY_TOO_DEEP | NAME_TAKEN
 */
export function checkTree(tree: CategoryTree): void {
  const names = new Set<string>()
  for (const row of tree.values()) {
    if (row.state !== 'live') continue
    checkWayUp(tree, row)
    const name = chineseOf(row.name)
    const place = JSON.stringify([row.parent_id, name])
    if (names.has(place)) {
      throw new AppError('NAME_TAKEN', { pointer: '/name', words: { what: KIND_WORDS.category, name } })
    }
    names.add(place)
  }
}

function checkWayUp(tree: CategoryTree, row: CategoryRow): void {
  const way = new Set([row.id])
  for (let at = row.parent_id; at !== null; at = tree.get(at)?.parent_id ?? null) {
    if (way.has(at)) throw new AppError('CATEGORY_CYCLE', { pointer: '/parentId', words: { name: at } })
    requireLiveCategory(tree, at, '/parentId')
    way.add(at)
    if (way.size > deepestLevel) {
      throw new AppError('CATEGORY_TOO_DEEP', { pointer: '/parentId', words: { levels: deepestLevel } })
    }
  }
}

function chineseOf(name: Text): string {
  return typeof name === 'string' ? name : name.zh
}
