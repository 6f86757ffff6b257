import { AppError } from '@tagtree/core/kernel/app-error'
import { arrangeCategories, arrangeDefinitions } from '@tagtree/core/plan/arrange'
import { isSame, removedIds } from '@tagtree/core/plan/diff-plan'
import type { PlannedDefinition } from '@tagtree/core/plan/plan'
import { checkNothingLost } from '../catalogue/categories.js'
import { type CategoryTree, checkTree, readCategories } from '../catalogue/category-tree.js'
import { CatalogueChange } from '../catalogue/change-log.js'
import { readHead, requireHead } from '../catalogue/definitions.js'
import { addVersion, insertHead } from '../catalogue/save-definition.js'
import type { CatalogueScope } from '../catalogue/scope.js'
import { checkReferences, refuseUsed } from '../catalogue/usage.js'
import type { CheckedPlan } from './check-plan.js'
import { readBase } from './live-plan.js'

/**
 * Writes a checked plan as one change, or nothing. What is taken away is archived: its values stay and undoing brings it
 * back. Answers the number of the change, null when there was nothing to do.
 * @throws AppError PLAN_BASE_CHANGED when the catalogue was changed since the plan was checked | NAME_TAKEN | IN_USE |
 * CATEGORY_TOO_DEEP | DEFINITION_INVALID
 */
export async function applyPlan(scope: CatalogueScope, checked: CheckedPlan): Promise<string | null> {
  const change = await CatalogueChange.begin(scope)
  requireBase(checked.live.base, await readBase(scope))
  if (isSame(checked.diff)) return null
  await writeCategories(scope, change, checked)
  await writeDefinitions(scope, change, checked)
  await arrangePlaces(scope, change, checked)
  await removeUnlisted(scope, change, checked)
  await checkWhole(scope, change)
  const counted = checked.diff.changes.length
  return change.record({ verb: 'apply', what: 'catalogue', id: 'plan', detail: `${counted} changes` })
}

/** @throws AppError PLAN_BASE_CHANGED */
export function requireBase(base: string, now: string): void {
  if (base !== now) throw new AppError('PLAN_BASE_CHANGED', { words: { base, now } })
}

async function writeCategories(scope: CatalogueScope, change: CatalogueChange, { wanted }: CheckedPlan): Promise<void> {
  const tree = await readCategories(scope)
  for (const { id, parentId, name, theme, note } of wanted.categories) {
    const row = { parent_id: parentId, name, theme, note, state: 'live' }
    const known = tree.get(id)
    if (known && known.state !== 'deleted') await change.update('category', id, row)
    else await change.insert('category', id, { ...row, position: tree.size })
  }
}

async function writeDefinitions(scope: CatalogueScope, change: CatalogueChange, checked: CheckedPlan): Promise<void> {
  const { diff, wanted, uses } = checked
  const changes = new Map(diff.changes.flatMap((one) => (one.kind === 'category' ? [] : [[one.id, one] as const])))
  const tree = await readCategories(scope)
  for (const planned of wanted.definitions) {
    const { document, category } = planned
    const found = changes.get(document.id)
    if (found === undefined) continue
    if (found.action === 'kept') {
      await change.update('definition', document.id, { category_id: category ?? null })
      continue
    }
    const version = await addVersion(scope, document, uses.get(document.id) ?? [])
    const versions = { published_version: version, draft_version: null }
    const head = await readHead(scope, document.id)
    if (head === null || head.state === 'deleted') {
      await insertHead(scope, change, document, { ...versions, category_id: category ?? null })
      continue
    }
    await change.update('definition', document.id, {
      ...versions,
      subject: document.subject ?? 'person',
      state: 'live',
      category_id: placeOf(planned, head.category_id, tree),
    })
  }
}

/** What comes back into a category that is gone stands in none. */
function placeOf({ category }: PlannedDefinition, now: string | null, tree: CategoryTree): string | null {
  if (category !== undefined) return category
  return now !== null && tree.get(now)?.state === 'live' ? now : null
}

/** Gives siblings the order of the plan, where they have another or something joined them. */
async function arrangePlaces(scope: CatalogueScope, change: CatalogueChange, checked: CheckedPlan): Promise<void> {
  const { live, wanted, diff } = checked
  const removed = removedIds(diff.changes)
  const places = [
    { table: 'category', above: 'parent_id', found: arrangeCategories(live.plan, wanted, removed.categories) },
    { table: 'definition', above: 'category_id', found: arrangeDefinitions(live.plan, wanted, removed.definitions) },
  ] as const
  for (const { table, above, found } of places) {
    for (const { place, ids, isReordered, isJoined } of found) {
      if (!isReordered && !isJoined) continue
      const { rows } = await scope.tx.query<{ id: string; position: number }>(
        `select id, position from ${table} where workspace_id = $1 and ${above} is not distinct from $2 and state = 'live'
         order by position, id for update`,
        [scope.workspaceId, place],
      )
      const byId = new Map(rows.map((row) => [row.id, row]))
      const listed = ids.flatMap((id) => byId.get(id) ?? [])
      const others = rows.filter(({ id }) => !ids.includes(id))
      await change.reorder(table, [...listed, ...others])
    }
  }
}

async function removeUnlisted(scope: CatalogueScope, change: CatalogueChange, { diff }: CheckedPlan): Promise<void> {
  const removed = removedIds(diff.changes)
  for (const id of removed.definitions) {
    await requireHead(scope, id)
    await change.update('definition', id, { state: 'archived' })
  }
  for (const id of removed.categories) await change.update('category', id, { state: 'archived' })
}

/** The laws of the catalogue, held against everything that was written. */
async function checkWhole(scope: CatalogueScope, change: CatalogueChange): Promise<void> {
  const tree = await readCategories(scope)
  checkTree(tree)
  const touched = new Map(change.touched.map(({ table, id }) => [`${table} ${id}`, { table, id }]))
  for (const { table, id } of touched.values()) {
    if (table === 'category') await checkNothingLost(scope, id, tree.get(id)!.state)
    else {
      const head = await requireHead(scope, id)
      if (head.state === 'live') await checkReferences(scope, id)
      else await refuseUsed(scope, id, head.kind)
    }
  }
}
