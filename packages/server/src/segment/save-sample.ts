import type { Text } from '@tagtree/core/language/document'
import { inWorkspace } from '../store/postgres.js'
import { createList, reserveList } from '../tag/catalogue/lists.js'
import { changePeople } from '../tag/lists/list-content.js'
import { publishList } from '../tag/lists/publish-list.js'
import type { ListScope } from './lists/change-list.js'
import type { Sample } from './sample.js'

/** Keeps drawn people as a list that no later run changes. @throws AppError NAME_TAKEN */
export async function saveSample(
  scope: ListScope,
  list: { readonly id: string; readonly name: Text },
  subject: string,
  { profileIds }: Sample,
): Promise<{ id: string; changeNo: string }> {
  const { pool, workspaceId, actorId } = scope
  const drawn = profileIds.length
  const counts = { rows: drawn, matched: drawn, duplicate: 0, unmatched: 0 }
  const { number, changeNo } = await inWorkspace(pool, workspaceId, async (tx) => {
    const catalogue = { tx, workspaceId, actorId }
    const taken = await reserveList(catalogue, list.id)
    await createList(catalogue, { ...list, subject, origin: 'given' }, taken)
    // A profile bears the number of its first node.
    return changePeople(catalogue, list.id, 'add', profileIds, {
      source: { how: 'add', file: null },
      counts,
      unmatched: [],
    })
  })
  await publishList(scope, workspaceId, { id: list.id, number }, { asOf: scope.now, lastBatch: scope.scan.lastBatch })
  return { id: list.id, changeNo }
}
