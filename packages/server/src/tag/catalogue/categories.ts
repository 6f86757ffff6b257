import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import type { Tx } from '../../store/postgres.js'
import { CatalogueChange } from './change-log.js'

/** Who changes what: every catalogue function runs inside the caller's transaction. */
export interface CatalogueScope {
  readonly tx: Tx
  readonly workspaceId: number
  /** null for the system itself. */
  readonly actorId: number | null
}

export interface CategoryInput {
  readonly id: string
  readonly name: Text
  /** null = first level 一级标签. */
  readonly parentId: string | null
  readonly theme?: string | null
  readonly note?: Text | null
  /** Place among its siblings; default last. */
  readonly position?: number
}

interface CategoryRow {
  readonly id: string
  readonly parent_id: string | null
  readonly name: Text
  readonly theme: string | null
  readonly note: Text | null
  readonly position: number
  readonly state: 'live' | 'archived' | 'deleted'
}

const deepestLevel = 16

/** @throws AppError NAME_TAKEN | NOT_FOUND (parent) | CATEGORY_TOO_DEEP. Answers the change number. */
export async function createCategory(scope: CatalogueScope, input: CategoryInput): Promise<string> {
  const all = await readCategories(scope)
  if (all.has(input.id) && all.get(input.id)!.state !== 'deleted') {
    throw new AppError('NAME_TAKEN', { pointer: '/id', words: { what: 'category', name: input.id } })
  }
  if (input.parentId !== null) requireLevel(all, input.parentId)
  refuseSameName(all, input.parentId, input.name, input.id)
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  await change.insert('category', input.id, {
    parent_id: input.parentId,
    name: input.name,
    theme: input.theme ?? null,
    note: input.note ?? null,
    position: input.position ?? nextPosition(all, input.parentId),
    state: 'live',
  })
  return change.record({ verb: 'create', what: 'category', id: input.id })
}

/** Renames, or changes theme and note. @throws AppError NOT_FOUND | NAME_TAKEN */
export async function editCategory(
  scope: CatalogueScope,
  id: string,
  patch: { readonly name?: Text; readonly theme?: string | null; readonly note?: Text | null },
): Promise<string> {
  const all = await readCategories(scope)
  const row = requireCategory(all, id)
  if (patch.name !== undefined) refuseSameName(all, row.parent_id, patch.name, id)
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  await change.update('category', id, { ...patch })
  return change.record({ verb: patch.name === undefined ? 'edit' : 'rename', what: 'category', id })
}

/**
 * Moves a category with everything below it; `position` is its new place among the siblings (null = last).
 * @throws AppError NOT_FOUND | CATEGORY_CYCLE when the new parent lies inside it | NAME_TAKEN | CATEGORY_TOO_DEEP
 */
export async function moveCategory(
  scope: CatalogueScope,
  id: string,
  parentId: string | null,
  position: number | null,
): Promise<string> {
  const all = await readCategories(scope)
  const row = requireCategory(all, id)
  if (parentId !== null) requireLevel(all, parentId)
  for (let at = parentId; at !== null; at = all.get(at)?.parent_id ?? null) {
    if (at === id) throw new AppError('CATEGORY_CYCLE', { pointer: '/parentId', words: { name: id } })
  }
  refuseSameName(all, parentId, row.name, id)
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  const siblings = [...all.values()]
    .filter((other) => other.parent_id === parentId && other.id !== id && other.state !== 'deleted')
    .sort(byPosition)
  siblings.splice(position ?? siblings.length, 0, row)
  for (const [index, sibling] of siblings.entries()) {
    if (sibling.id === id) await change.update('category', id, { parent_id: parentId, position: index })
    else if (sibling.position !== index) await change.update('category', sibling.id, { position: index })
  }
  return change.record({ verb: row.parent_id === parentId ? 'reorder' : 'move', what: 'category', id })
}

/** Archived categories disappear from the tree but keep their place; `live` brings one back. */
export async function setCategoryState(
  scope: CatalogueScope,
  id: string,
  state: 'live' | 'archived' | 'deleted',
): Promise<string> {
  const all = await readCategories(scope)
  const row = requireCategory(all, id)
  if (state !== 'live') await refuseOccupied(scope, all, row, state)
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  await change.update('category', id, { state })
  const verb = state === 'live' ? 'restore' : state === 'archived' ? 'archive' : 'delete'
  return change.record({ verb, what: 'category', id })
}

async function readCategories(scope: CatalogueScope): Promise<Map<string, CategoryRow>> {
  const { rows } = await scope.tx.query<CategoryRow>(
    `select id, parent_id, name, theme, note, position, state from category where workspace_id = $1 for update`,
    [scope.workspaceId],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

function requireCategory(all: ReadonlyMap<string, CategoryRow>, id: string): CategoryRow {
  const row = all.get(id)
  if (!row || row.state === 'deleted') throw new AppError('NOT_FOUND', { words: { what: 'category', name: id } })
  return row
}

function requireLevel(all: ReadonlyMap<string, CategoryRow>, parentId: string): void {
  let level = 0
  for (let at: string | null = parentId; at !== null; at = requireCategory(all, at).parent_id) level += 1
  if (level >= deepestLevel)
    throw new AppError('CATEGORY_TOO_DEEP', { pointer: '/parentId', words: { levels: deepestLevel } })
}

function refuseSameName(
  all: ReadonlyMap<string, CategoryRow>,
  parentId: string | null,
  name: Text,
  ownId: string,
): void {
  const wanted = typeof name === 'string' ? name : name.zh
  for (const row of all.values()) {
    const taken = typeof row.name === 'string' ? row.name : row.name.zh
    if (row.parent_id === parentId && row.id !== ownId && row.state === 'live' && taken === wanted) {
      throw new AppError('NAME_TAKEN', { pointer: '/name', words: { what: 'category', name: wanted } })
    }
  }
}

/** Nothing in use goes silently: a category with live tags or categories in it stays. */
async function refuseOccupied(
  scope: CatalogueScope,
  all: ReadonlyMap<string, CategoryRow>,
  row: CategoryRow,
  state: 'archived' | 'deleted',
): Promise<void> {
  const { rows } = await scope.tx.query<{ id: string }>(
    `select id from definition where workspace_id = $1 and category_id = $2
     and (state = 'live' or ($3 and state = 'archived')) order by id limit 20`,
    [scope.workspaceId, row.id, state === 'deleted'],
  )
  const children = [...all.values()].filter(
    (other) =>
      other.parent_id === row.id && (other.state === 'live' || (state === 'deleted' && other.state === 'archived')),
  )
  const inside = [...rows.map((found) => found.id), ...children.map((child) => child.id)]
  if (inside.length > 0) {
    throw new AppError('IN_USE', {
      words: { what: 'category', name: row.id, uses: inside.join(', ') },
    })
  }
}

function nextPosition(all: ReadonlyMap<string, CategoryRow>, parentId: string | null): number {
  const taken = [...all.values()].filter((row) => row.parent_id === parentId).map((row) => row.position)
  return taken.length === 0 ? 0 : Math.max(...taken) + 1
}

function byPosition(left: CategoryRow, right: CategoryRow): number {
  return left.position - right.position || (left.id < right.id ? -1 : 1)
}
