import type { Catalog } from '@tagtree/core/catalog/catalog'
import * as contract from '@tagtree/core/contract/catalogue'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { Definition, TagDefinition } from '@tagtree/core/language/document'
import { sentence } from '@tagtree/core/language/sentence'
import { makeBlindIdentity } from '../../identify/blind-identity.js'
import * as definitions from '../../tag/catalogue/definitions.js'
import { moveDefinition, setDefinitionState } from '../../tag/catalogue/place-definition.js'
import * as saving from '../../tag/catalogue/save-definition.js'
import { readUses } from '../../tag/catalogue/usage.js'
import { estimateCost } from '../../tag/estimate-cost.js'
import { readHistoryRanges, readsHistoryOf } from '../../tag/history/history-range.js'
import { asKnown, type MomentScope } from '../../tag/moment-context.js'
import { type Preview, previewDefinition } from '../../tag/preview.js'
import { readHeads } from '../../tag/run/heads.js'
import { unpublishedRuns } from '../../tag/run/run-records.js'
import { sqlOf } from '../../tag/sql/check-sql.js'
import { type GivenRows, previewSql } from '../../tag/sql/preview-sql.js'
import { asOfMoment } from '../as-of.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import { shownRange } from './history.js'
import { inCatalogue, type TagRouteDeps } from './in-catalogue.js'

/** Definitions of tags, segments and metrics, and the lists beside them. */
export function definitionRoutes(deps: TagRouteDeps): readonly Bound[] {
  const catalogOf = (context: WorkspaceContext): Promise<Catalog> => deps.loadCatalog(context.workspace.id)
  /** What was published makes tags due; a draft changes nothing that is computed. */
  const answerSave = async (context: WorkspaceContext, saved: saving.SavedDefinition, isPublished: boolean) => {
    if (isPublished) await deps.onDefinitionsChanged(context.workspace.id)
    return { ...saved, warnings: saved.warnings.map(plainIssue(context)) }
  }
  /** Histories the document reads, to be computed first where they are short. */
  const historiesOf = async (context: WorkspaceContext, document: unknown) => {
    const ids = readsHistoryOf(document)
    if (ids.length === 0) return []
    const ranges = await inCatalogue(deps, context, ({ tx, workspaceId }) => readHistoryRanges(tx, workspaceId, ids))
    return ranges.map(shownRange)
  }

  const momentScope = async (context: WorkspaceContext, catalog: Catalog): Promise<MomentScope> => ({
    clickhouse: deps.clickhouse.workspace(context.workspace.database),
    catalog,
    scan: await deps.readScanState(context.workspace.id),
    hidden: await inCatalogue(deps, context, ({ tx, workspaceId }) => unpublishedRuns(tx, workspaceId)),
    blind: makeBlindIdentity(deps.vault, context.workspace.id, catalog),
  })
  /** A definition can be checked while the engine restarts; then nobody knows what it will read. */
  const estimateOf = async (context: WorkspaceContext, definition: Definition, catalog: Catalog) => {
    try {
      const scope = await momentScope(context, catalog)
      return await estimateCost(deps.pool, context.workspace.id, scope, definition, deps.now())
    } catch (error) {
      if (error instanceof AppError && error.code === 'ENGINE_UNAVAILABLE') return null
      throw error
    }
  }

  return [
    bind(contract.listDefinitions, async ({ query }, context) => {
      const catalog = await catalogOf(context)
      const stored = await inCatalogue(deps, context, (scope) => definitions.listDefinitions(scope, query.kind))
      return { items: stored.map((definition) => shownHead(definition, catalog)) }
    }),
    bind(contract.checkDefinition, async ({ body }, context) => {
      const catalog = await catalogOf(context)
      const { definition, warnings } = saving.checkDefinition(body.document, catalog)
      await inCatalogue(deps, context, (scope) => scope.checkSql!(definition, catalog, false))
      return {
        sentence: sentences(definition, catalog),
        warnings: warnings.map(plainIssue(context)),
        histories: await historiesOf(context, definition),
        estimate: await estimateOf(context, definition, catalog),
      }
    }),
    bind(contract.previewDefinition, async ({ body }, context) => {
      const catalog = await catalogOf(context)
      const { definition } = saving.checkDefinition(body.document, catalog)
      const scope = await momentScope(context, catalog)
      const now = deps.now()
      const asOf = asOfMoment(body.asOf, now)
      const knownAt = asOfMoment(body.knownAt, now, 'knownAt')
      const place = { pool: deps.pool, workspaceId: context.workspace.id }
      const heads = await inCatalogue(deps, context, ({ tx, workspaceId }) => readHeads(tx, workspaceId))
      const preview: Preview & { readonly given?: GivenRows } = await asKnown(
        place,
        scope,
        { asOf: asOf ?? now, knownAt },
        (known) =>
          sqlOf(definition) === null
            ? previewDefinition(known, definition, asOf, now, context.signal)
            : previewSql({ ...known, heads }, definition as TagDefinition, asOf, now, context.signal),
      )
      const given = preview.given === undefined ? null : { ...preview.given, first: [...preview.given.first] }
      return {
        ...preview,
        given,
        asOf: new Date(asOf ?? now).toISOString(),
        values: [...preview.values],
        fits: preview.fits.map((fit) => ({ path: fit.path, cuts: [...fit.cuts] })),
        cost: { ...preview.cost },
      }
    }),
    bind(contract.showDefinition, async ({ params, query }, context) => {
      const catalog = await catalogOf(context)
      const stored = await inCatalogue(deps, context, (scope) =>
        definitions.readDefinition(scope, params.id, query.version),
      )
      return shownHead(stored, catalog)
    }),
    bind(contract.saveDefinition, async ({ params, body }, context) => {
      if (body.document.id !== params.id) throw otherId(params.id)
      const catalog = await catalogOf(context)
      const { document, publish, categoryId } = body
      const place = categoryId === undefined ? {} : { categoryId }
      const saved = await inCatalogue(deps, context, (scope) =>
        saving.saveDefinition(scope, document, { catalog, publish, ...place }),
      )
      return { ...(await answerSave(context, saved, publish)), histories: await historiesOf(context, document) }
    }),
    bind(contract.listVersions, async ({ params }, context) => {
      const catalog = await catalogOf(context)
      const versions = await inCatalogue(deps, context, (scope) => definitions.listVersions(scope, params.id))
      return {
        items: versions.map(({ body, ...version }) => ({
          ...version,
          document: { ...body },
          sentence: sentences(body, catalog),
        })),
      }
    }),
    bind(contract.moveDefinition, async ({ params, body }, context) => ({
      changeNo: await inCatalogue(deps, context, (scope) =>
        moveDefinition(scope, params.id, body.categoryId, body.position),
      ),
    })),
    bind(contract.renameDefinition, async ({ params, body }, context) => {
      const catalog = await catalogOf(context)
      const saved = await inCatalogue(deps, context, (scope) =>
        saving.renameDefinition(scope, params.id, body.name, catalog),
      )
      return answerSave(context, saved, true)
    }),
    bind(contract.copyDefinition, async ({ params, body }, context) => {
      const catalog = await catalogOf(context)
      const saved = await inCatalogue(deps, context, (scope) => saving.copyDefinition(scope, params.id, body, catalog))
      return answerSave(context, saved, true)
    }),
    bind(contract.setDefinitionState, async ({ params, body }, context) => {
      const catalog = await catalogOf(context)
      const changeNo = await inCatalogue(deps, context, (scope) =>
        setDefinitionState(scope, params.id, body.state, catalog),
      )
      if (body.state === 'live') await deps.onDefinitionsChanged(context.workspace.id)
      return { changeNo }
    }),
    bind(contract.listUses, async ({ params }, context) => ({
      items: await inCatalogue(deps, context, async (scope) => {
        await definitions.requireHead(scope, params.id)
        return readUses(scope, params.id)
      }),
    })),
  ]
}

function shownHead({ body, ...head }: definitions.StoredDefinition, catalog: Catalog) {
  return { ...head, document: { ...body }, sentence: sentences(body, catalog) }
}

/** A list has no condition to say; its name is all there is. */
function sentences(document: definitions.StoredDocument, catalog: Catalog): { zh: string; en: string } {
  if (document.kind !== 'list') {
    return { zh: sentence(document, catalog, 'zh'), en: sentence(document, catalog, 'en') }
  }
  const { name } = document
  const labels = typeof name === 'string' ? { zh: name, en: name } : { zh: name.zh, en: name.en ?? name.zh }
  return { zh: `名单“${labels.zh}”`, en: `the list "${labels.en}"` }
}

function plainIssue({ language }: WorkspaceContext) {
  return ({ pointer, message, messageZh, didYouMean }: Issue) => ({
    pointer,
    message: language === 'zh' ? (messageZh ?? message) : message,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  })
}

function otherId(id: string): AppError {
  const issue = {
    pointer: '/document/id',
    message: `the id of the address is "${id}"`,
    messageZh: `地址中的标识是“${id}”`,
  }
  return new AppError('REQUEST_INVALID', { pointer: issue.pointer, issues: [issue] })
}
