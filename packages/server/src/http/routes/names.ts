import type { RelationEntry } from '@tagtree/core/catalog/catalog'
import * as contract from '@tagtree/core/contract/names'
import { AppError } from '@tagtree/core/kernel/app-error'
import { changeNames } from '../../store/change-names.js'
import type { Names } from '../../store/names.js'
import { saveRelation, type WantedRelation } from '../../store/relations.js'
import { type Bound, bind } from '../bind.js'
import { plainText } from '../plain-text.js'
import type { TagRouteDeps } from './in-catalogue.js'

/** Names that facts bring and people describe: relations. */
export function nameRoutes(deps: TagRouteDeps): readonly Bound[] {
  return [
    bind(contract.listRelations, async (_input, { workspace }) => {
      const { relations } = await deps.loadCatalog(workspace.id)
      return { items: [...relations.values()].map(showRelation) }
    }),
    bind(contract.saveRelation, async ({ params, body }, { workspace }) => {
      const { from, to, inverseOf, many, label, noun } = body
      const wanted: WantedRelation = {
        ...{ key: params.key, many, inverseOf },
        ...{ labels: plainText(label), noun: plainText(noun) },
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }
      const clickhouse = deps.clickhouse.workspace(workspace.database)
      return changeNames(deps.pool, workspace.id, async (tx, names) => {
        for (const end of [from, to]) if (end !== undefined) requireSubject(names, end)
        const hasRows = async () => {
          const rows = await clickhouse.query('SELECT 1 FROM relations WHERE kind = {kind:String} LIMIT 1', {
            params: { kind: params.key },
          })
          return rows.length > 0
        }
        return showRelation(await saveRelation(tx, workspace.id, names, wanted, hasRows))
      })
    }),
  ]
}

function requireSubject(names: Names, key: string): void {
  if (names.subjects.has(key)) return
  throw new AppError('NOT_FOUND', { words: { what: { en: 'kind of subject', zh: '主体类型' }, name: key } })
}

function showRelation({ labels, ...relation }: RelationEntry) {
  return { ...relation, label: labels }
}
