import type { Catalog } from '@tagtree/core/catalog/catalog'
import * as contract from '@tagtree/core/contract/catalogue'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { Definition, Text } from '@tagtree/core/language/document'
import { sentence } from '@tagtree/core/language/sentence'
import type pg from 'pg'
import { z } from 'zod'
import type { Principal } from '../../govern/principal.js'
import type { ClickHouse } from '../../store/clickhouse.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import type { ScanState } from '../../store/scan-state.js'
import * as categories from '../../tag/catalogue/categories.js'
import { listCatalogueChanges, undoCatalogueChange } from '../../tag/catalogue/change-log.js'
import * as definitions from '../../tag/catalogue/definitions.js'
import { buildOutline, readOutlineRows } from '../../tag/catalogue/outline.js'
import { readUses } from '../../tag/catalogue/usage.js'
import { previewDefinition } from '../../tag/preview.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'

/** What the routes of tags and segments are built on. */
export interface TagRouteDeps {
  readonly pool: pg.Pool
  readonly clickhouse: ClickHouse
  readonly loadCatalog: (workspaceId: number) => Promise<Catalog>
  readonly readScanState: (workspaceId: number) => Promise<ScanState>
  /** Told after every change of what is published, so that the tags concerned run. */
  readonly onDefinitionsChanged: (workspaceId: number) => Promise<unknown>
  /** ms since 1970. */
  readonly now: () => number
}

/** The tag catalogue and the definitions in it. */
export function catalogueRoutes(deps: TagRouteDeps): readonly Bound[] {
  /** Runs a change of the catalogue in one transaction and tells who runs tags. */
  const change = async <T>(
    context: WorkspaceContext,
    work: (scope: categories.CatalogueScope) => Promise<T>,
  ): Promise<T> => {
    const result = await inWorkspace(deps.pool, context.workspace.id, (tx) => work(scopeOf(context, tx)))
    await deps.onDefinitionsChanged(context.workspace.id)
    return result
  }
  const read = <T>(context: WorkspaceContext, work: (scope: categories.CatalogueScope) => Promise<T>): Promise<T> =>
    inWorkspace(deps.pool, context.workspace.id, (tx) => work(scopeOf(context, tx)))
  const catalogOf = (context: WorkspaceContext): Promise<Catalog> => deps.loadCatalog(context.workspace.id)

  return [
    bind(contract.showCatalogue, async (_input, context) => {
      const rows = await inWorkspace(deps.pool, context.workspace.id, (tx) => readOutlineRows(tx, context.workspace.id))
      return buildOutline(deps.clickhouse.workspace(context.workspace.database), rows)
    }),
    bind(contract.createCategory, async ({ body }, context) => ({
      changeNo: await change(context, (scope) => categories.createCategory(scope, { ...body, name: text(body.name) })),
    })),
    bind(contract.editCategory, async ({ params, body }, context) => ({
      changeNo: await change(context, (scope) => categories.editCategory(scope, params.id, definedOnly(body))),
    })),
    bind(contract.moveCategory, async ({ params, body }, context) => ({
      changeNo: await change(context, (scope) =>
        categories.moveCategory(scope, params.id, body.parentId, body.position),
      ),
    })),
    bind(contract.setCategoryState, async ({ params, body }, context) => ({
      changeNo: await change(context, (scope) => categories.setCategoryState(scope, params.id, body.state)),
    })),
    bind(contract.listCatalogueChanges, async ({ query }, context) => {
      const before = context.cursors.read(query.cursor, z.string()) ?? null
      const items = await read(context, (scope) =>
        listCatalogueChanges(scope.tx, scope.workspaceId, before, query.limit + 1),
      )
      const shown = items.slice(0, query.limit)
      return {
        items: shown.map((item) => ({ ...item })),
        nextCursor: items.length > query.limit ? context.cursors.write(shown.at(-1)!.changeNo) : null,
      }
    }),
    bind(contract.undoCatalogueChange, async ({ params }, context) => ({
      changeNo: await change(context, (scope) =>
        undoCatalogueChange(scope.tx, scope.workspaceId, scope.actorId, params.changeNo),
      ),
    })),
    bind(contract.listDefinitions, async ({ query }, context) => {
      const catalog = await catalogOf(context)
      const stored = await read(context, (scope) => definitions.listDefinitions(scope, query.kind))
      return { items: stored.map((definition) => headOf(definition, catalog)) }
    }),
    bind(contract.checkDefinition, async ({ body }, context) => {
      const catalog = await catalogOf(context)
      const { definition, warnings } = definitions.checkDefinition(body.document, catalog)
      return { sentence: sentences(definition, catalog), warnings: warnings.map(plainIssue) }
    }),
    bind(contract.previewDefinition, async ({ body }, context) => {
      const catalog = await catalogOf(context)
      const { definition } = definitions.checkDefinition(body.document, catalog)
      const scope = {
        clickhouse: deps.clickhouse.workspace(context.workspace.database),
        catalog,
        scan: await deps.readScanState(context.workspace.id),
      }
      const now = deps.now()
      const asOf = body.asOf === undefined ? null : Date.parse(body.asOf)
      const preview = await previewDefinition(scope, definition, asOf, now)
      return {
        asOf: new Date(asOf ?? now).toISOString(),
        population: preview.population,
        blank: preview.blank,
        values: [...preview.values],
        fits: preview.fits.map((fit) => ({ path: fit.path, cuts: [...fit.cuts] })),
        cost: { ...preview.cost },
      }
    }),
    bind(contract.showDefinition, async ({ params, query }, context) => {
      const catalog = await catalogOf(context)
      return headOf(
        await read(context, (scope) => definitions.readDefinition(scope, params.id, query.version)),
        catalog,
      )
    }),
    bind(contract.saveDefinition, async ({ params, body }, context) => {
      if (body.document.id !== params.id) {
        throw new AppError('REQUEST_INVALID', {
          pointer: '/body/document/id',
          issues: [{ pointer: '/body/document/id', message: `the id of the address is "${params.id}"` }],
        })
      }
      const catalog = await catalogOf(context)
      const saved = await change(context, (scope) =>
        definitions.saveDefinition(scope, body.document, {
          catalog,
          publish: body.publish,
          ...(body.categoryId === undefined ? {} : { categoryId: body.categoryId }),
        }),
      )
      return { ...saved, warnings: saved.warnings.map(plainIssue) }
    }),
    bind(contract.listVersions, async ({ params }, context) => {
      const catalog = await catalogOf(context)
      const versions = await read(context, (scope) => definitions.listVersions(scope, params.id))
      return {
        items: versions.map(({ body, ...version }) => ({
          ...version,
          document: asDocument(body),
          sentence: sentences(body, catalog),
        })),
      }
    }),
    bind(contract.moveDefinition, async ({ params, body }, context) => ({
      changeNo: await change(context, (scope) =>
        definitions.moveDefinition(scope, params.id, body.categoryId, body.position),
      ),
    })),
    bind(contract.renameDefinition, async ({ params, body }, context) => {
      const catalog = await catalogOf(context)
      const saved = await change(context, (scope) =>
        definitions.renameDefinition(scope, params.id, text(body.name), catalog),
      )
      return { ...saved, warnings: saved.warnings.map(plainIssue) }
    }),
    bind(contract.copyDefinition, async ({ params, body }, context) => {
      const catalog = await catalogOf(context)
      const copy = { id: body.id, name: text(body.name) }
      const saved = await change(context, (scope) => definitions.copyDefinition(scope, params.id, copy, catalog))
      return { ...saved, warnings: saved.warnings.map(plainIssue) }
    }),
    bind(contract.setDefinitionState, async ({ params, body }, context) => ({
      changeNo: await change(context, (scope) => definitions.setDefinitionState(scope, params.id, body.state)),
    })),
    bind(contract.listUses, async ({ params }, context) => ({
      items: await read(context, (scope) => readUses(scope, params.id)),
    })),
  ]
}

/** The person behind a request; null for a program's key. */
function actorOf(principal: Principal): number | null {
  return principal.kind === 'person' ? principal.userId : null
}

function scopeOf(context: WorkspaceContext, tx: Tx): categories.CatalogueScope {
  return { tx, workspaceId: context.workspace.id, actorId: actorOf(context.principal) }
}

function headOf(stored: definitions.StoredDefinition, catalog: Catalog) {
  const { id, kind, subject, categoryId, publishedVersion, draftVersion, state, version, body } = stored
  return {
    id,
    kind,
    subject,
    categoryId,
    publishedVersion,
    draftVersion,
    state,
    version,
    document: asDocument(body),
    sentence: sentences(body, catalog),
  }
}

function sentences(definition: Definition, catalog: Catalog): { zh: string; en: string } {
  return { zh: sentence(definition, catalog, 'zh'), en: sentence(definition, catalog, 'en') }
}

function asDocument(body: Definition): Record<string, unknown> {
  return { ...body }
}

function plainIssue(issue: Issue): { pointer: string; message: string; didYouMean?: string } {
  return {
    pointer: issue.pointer,
    message: issue.message,
    ...(issue.didYouMean === undefined ? {} : { didYouMean: issue.didYouMean }),
  }
}

function text(name: string | { zh: string; en?: string | undefined }): Text {
  return name
}

/** A patch holds only what was given: an absent field stays as it is. */
function definedOnly<Patch extends object>(patch: Patch): { [Key in keyof Patch]: Exclude<Patch[Key], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as never
}
