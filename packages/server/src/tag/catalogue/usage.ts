import { AppError } from '@tagtree/core/kernel/app-error'
import { KIND_WORDS } from './kind-words.js'
import type { CatalogueScope } from './scope.js'

/** Who uses a definition. */
export interface Use {
  readonly id: string
  readonly kind: keyof typeof KIND_WORDS
}

/** Versions that count: the published one and the draft. */
const counted = `version in (d.published_version, d.draft_version)`

/** Live definitions that name `id`, by kind and id. */
export async function readUses({ tx, workspaceId }: CatalogueScope, id: string): Promise<Use[]> {
  const { rows } = await tx.query<Use>(
    `select distinct d.kind, d.id from definition_use u
     join definition d on d.workspace_id = u.workspace_id and d.id = u.from_id and u.${counted}
     where u.workspace_id = $1 and u.to_id = $2 and d.state = 'live' order by d.kind, d.id`,
    [workspaceId, id],
  )
  return rows
}

/** @throws AppError IN_USE naming what uses it */
export async function refuseUsed(scope: CatalogueScope, id: string, kind: Use['kind']): Promise<void> {
  const uses = await readUses(scope, id)
  if (uses.length === 0) return
  throw new AppError('IN_USE', {
    words: { what: KIND_WORDS[kind], name: id, uses: uses.map((use) => use.id).join(', ') },
  })
}

/**
 * Holds what a live definition uses against the catalogue as this transaction sees it: others may have changed it since
 * the document was checked.
 * @throws AppError DEFINITION_INVALID when something it uses is no longer live, or uses it in turn
 */
export async function checkReferences({ tx, workspaceId }: CatalogueScope, id: string): Promise<void> {
  const { rows: gone } = await tx.query<{ to_id: string }>(
    `select distinct u.to_id from definition d
     join definition_use u on u.workspace_id = d.workspace_id and u.from_id = d.id and u.${counted}
     left join definition used on used.workspace_id = u.workspace_id and used.id = u.to_id and used.state = 'live'
     where d.workspace_id = $1 and d.id = $2 and used.id is null order by u.to_id limit 1`,
    [workspaceId, id],
  )
  if (gone[0]) {
    const name = gone[0].to_id
    throw invalid(`it uses "${name}", which is archived or deleted`, `它引用的“${name}”已归档或删除`)
  }
  const { rows: circle } = await tx.query(
    `with recursive used(id) as (
       select u.to_id from definition d
       join definition_use u on u.workspace_id = $1 and u.from_id = d.id and u.${counted}
       where d.workspace_id = $1 and d.id = $2
       union
       select u.to_id from used join definition d on d.workspace_id = $1 and d.id = used.id
       join definition_use u on u.workspace_id = $1 and u.from_id = d.id and u.${counted})
     select 1 from used where id = $2`,
    [workspaceId, id],
  )
  if (circle.length > 0) throw invalid('it uses itself through other definitions', '它通过其他定义引用了自身')
}

function invalid(message: string, messageZh: string): AppError {
  return new AppError('DEFINITION_INVALID', { words: { count: 1 }, issues: [{ pointer: '', message, messageZh }] })
}
