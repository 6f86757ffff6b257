import * as contract from '@tagtree/core/contract/catalogue'
import { z } from 'zod'
import { inWorkspace } from '../../store/postgres.js'
import * as categories from '../../tag/catalogue/categories.js'
import { listCatalogueChanges } from '../../tag/catalogue/change-log.js'
import { buildOutline, readOutlineRows } from '../../tag/catalogue/outline.js'
import { undoCatalogueChange } from '../../tag/catalogue/undo.js'
import { type Bound, bind } from '../bind.js'
import { definitionRoutes } from './definition.js'
import { inCatalogue, type TagRouteDeps } from './in-catalogue.js'

/** The tag catalogue 标签目录 and the definitions in it. */
export function catalogueRoutes(deps: TagRouteDeps): readonly Bound[] {
  return [
    bind(contract.showCatalogue, async (_input, context) => {
      const rows = await inWorkspace(deps.pool, context.workspace.id, (tx) => readOutlineRows(tx, context.workspace.id))
      return buildOutline(deps.clickhouse.workspace(context.workspace.database), rows)
    }),
    bind(contract.createCategory, async ({ body }, context) => ({
      changeNo: await inCatalogue(deps, context, (scope) => categories.createCategory(scope, body)),
    })),
    bind(contract.editCategory, async ({ params, body }, context) => ({
      changeNo: await inCatalogue(deps, context, (scope) =>
        categories.editCategory(scope, params.id, definedOnly(body)),
      ),
    })),
    bind(contract.moveCategory, async ({ params, body }, context) => ({
      changeNo: await inCatalogue(deps, context, (scope) =>
        categories.moveCategory(scope, params.id, body.parentId, body.position),
      ),
    })),
    bind(contract.setCategoryState, async ({ params, body }, context) => ({
      changeNo: await inCatalogue(deps, context, (scope) => categories.setCategoryState(scope, params.id, body.state)),
    })),
    bind(contract.listCatalogueChanges, async ({ query }, context) => {
      const before = context.cursors.read(query.cursor, z.string()) ?? null
      const items = await inCatalogue(deps, context, (scope) => listCatalogueChanges(scope, before, query.limit + 1))
      const shown = items.slice(0, query.limit)
      return {
        items: shown.map((item) => ({ ...item })),
        nextCursor: items.length > query.limit ? context.cursors.write(shown.at(-1)!.changeNo) : null,
      }
    }),
    bind(contract.undoCatalogueChange, async ({ params }, context) => {
      const undone = await inCatalogue(deps, context, (scope) => undoCatalogueChange(scope, params.changeNo))
      if (undone.isAboutTags) await deps.onDefinitionsChanged(context.workspace.id)
      return { changeNo: undone.changeNo }
    }),
    ...definitionRoutes(deps),
  ]
}

/** A patch holds only what was given: an absent field stays as it is. */
function definedOnly<Patch extends object>(patch: Patch): { [Key in keyof Patch]: Exclude<Patch[Key], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as never
}
