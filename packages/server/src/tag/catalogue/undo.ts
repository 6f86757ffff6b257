import { AppError } from '@tagtree/core/kernel/app-error'
import { checkNothingLost } from './categories.js'
import { checkTree, readCategories } from './category-tree.js'
import { CatalogueChange, type RowImage } from './change-log.js'
import { readHead } from './definitions.js'
import { KIND_WORDS } from './kind-words.js'
import type { CatalogueScope } from './scope.js'
import { checkReferences, refuseUsed } from './usage.js'

/**
 * Undoes one change; the undo is itself a change and can be undone. What it leaves behind obeys the same laws as any
 * other change. `isAboutTags`: it changed which version counts or whether something is live, so tags are due.
 * @throws AppError NOT_FOUND | CHANGE_UNDONE | UNDO_CONFLICT when what it touched has been changed again since | what the
 * change itself could have been refused with (IN_USE, NAME_TAKEN …)
 */
export async function undoCatalogueChange(
  scope: CatalogueScope,
  changeNo: string,
): Promise<{ changeNo: string; isAboutTags: boolean }> {
  const { tx, workspaceId } = scope
  const change = await CatalogueChange.begin(scope)
  const { rows } = await tx.query<{ images: RowImage[]; undone_by: string | null }>(
    `select images, undone_by from catalogue_change where workspace_id = $1 and change_no = $2 for update`,
    [workspaceId, changeNo],
  )
  const found = rows[0]
  if (!found) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.change, name: changeNo } })
  if (found.undone_by !== null) {
    throw new AppError('CHANGE_UNDONE', { words: { name: changeNo, undo: found.undone_by } })
  }
  await change.restore(found.images)
  await checkWhatIsLeft(scope, change)
  const undo = await change.record({ verb: 'undo', what: 'catalogue', id: changeNo })
  await tx.query(`update catalogue_change set undone_by = $3 where workspace_id = $1 and change_no = $2`, [
    workspaceId,
    changeNo,
    undo,
  ])
  const isAboutTags = change.touched.some(
    ({ table, columns }) =>
      table === 'definition' && (columns.includes('published_version') || columns.includes('state')),
  )
  return { changeNo: undo, isAboutTags }
}

async function checkWhatIsLeft(scope: CatalogueScope, change: CatalogueChange): Promise<void> {
  const tree = await readCategories(scope)
  for (const { table, id } of change.touched) {
    if (table === 'category') {
      await checkNothingLost(scope, id, tree.get(id)!.state)
      continue
    }
    const head = await readHead(scope, id)
    if (head?.state !== 'live') {
      await refuseUsed(scope, id, head!.kind)
      continue
    }
    await checkReferences(scope, id)
    if (head.category_id !== null && tree.get(head.category_id)?.state !== 'live') {
      throw new AppError('UNDO_CONFLICT', { words: { what: KIND_WORDS.category, name: head.category_id } })
    }
  }
  checkTree(tree)
}
