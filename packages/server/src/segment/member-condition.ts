import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Condition } from '@tagtree/core/language/document'
import { KIND_WORDS } from '../tag/catalogue/kind-words.js'
import type { AudienceReference } from './audience.js'

/** What a stored audience is about, as a condition of a definition. @throws AppError NOT_FOUND */
export function memberCondition(
  catalog: Catalog,
  { kind, id, value }: AudienceReference,
): { readonly condition: Condition; readonly subject: string } {
  if (kind === 'lists') {
    const list = catalog.lists.get(id)
    if (!list) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.list, name: id } })
    if (list.holds === 'values') throw new AppError('LIST_HOLDS_VALUES', { words: { name: id } })
    return { condition: { member: { list: id } }, subject: list.subject }
  }
  const wanted = kind === 'segments' ? 'segment' : 'tag'
  const body = catalog.definitions.get(id)?.body
  if (body?.kind !== wanted) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS[wanted], name: id } })
  const subject = body.subject ?? 'person'
  if (body.kind === 'segment') return { condition: { member: { segment: id } }, subject }
  if (value === null) return { condition: { tag: id, known: true }, subject }
  const isMulti = body.kind === 'tag' && body.family === 'multi'
  return { condition: isMulti ? { tag: id, hasAny: [value] } : { tag: id, is: value }, subject }
}
