import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import { CatalogueChange } from './change-log.js'
import { type ListDocument, readHead } from './definitions.js'
import { KIND_WORDS } from './kind-words.js'
import { addVersion, insertHead, nextNumber } from './save-definition.js'
import { type CatalogueScope, lockCatalogue } from './scope.js'

export interface NewList {
  readonly id: string
  readonly name: Text
  readonly subject: string
  readonly holds?: 'values'
  readonly origin?: 'given'
}

/**
 * The number that a list will have. It is taken once a run under it exists; until `createList` the name stays free.
 * @throws AppError NAME_TAKEN
 */
export async function reserveList(scope: CatalogueScope, id: string): Promise<number> {
  await lockCatalogue(scope)
  await refuseTaken(scope, id)
  return nextNumber(scope)
}

/** Creates a list under its reserved number; who fills it publishes its members. @throws AppError NAME_TAKEN */
export async function createList(
  scope: CatalogueScope,
  list: NewList,
  number: number,
): Promise<{ version: number; changeNo: string }> {
  const change = await CatalogueChange.begin(scope)
  await refuseTaken(scope, list.id)
  const document: ListDocument = { version: 1, kind: 'list', ...list }
  const version = await addVersion(scope, document, [])
  await insertHead(scope, change, document, {
    category_id: null,
    published_version: version,
    draft_version: null,
    number,
  })
  const changeNo = await change.record({ verb: 'create', what: 'list', id: list.id })
  return { version, changeNo }
}

async function refuseTaken(scope: CatalogueScope, id: string): Promise<void> {
  const head = await readHead(scope, id)
  if (head === null || head.state === 'deleted') return
  throw new AppError('NAME_TAKEN', { pointer: '/id', words: { what: KIND_WORDS[head.kind], name: id } })
}
