import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import type { CatalogueScope } from './categories.js'
import { CatalogueChange } from './change-log.js'
import { nextNumber, readHead } from './definitions.js'

/** Creates an empty list; its members are published by whoever fills it. @throws AppError NAME_TAKEN */
export async function createList(
  scope: CatalogueScope,
  list: { readonly id: string; readonly name: Text; readonly subject: string },
): Promise<{ number: number; version: number }> {
  if ((await readHead(scope, list.id)) !== null) {
    throw new AppError('NAME_TAKEN', { pointer: '/id', words: { what: 'list', name: list.id } })
  }
  const number = await nextNumber(scope)
  const body = { version: 1, kind: 'list', id: list.id, name: list.name, subject: list.subject }
  await scope.tx.query(
    `insert into definition_version (workspace_id, id, version, body, author_id) values ($1, $2, 1, $3, $4)`,
    [scope.workspaceId, list.id, JSON.stringify(body), scope.actorId],
  )
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  await change.insert('definition', list.id, {
    kind: 'list',
    number,
    subject: list.subject,
    category_id: null,
    position: 0,
    published_version: 1,
    draft_version: null,
    state: 'live',
    owner_id: scope.actorId,
  })
  await change.record({ verb: 'create', what: 'list', id: list.id })
  return { number, version: 1 }
}
