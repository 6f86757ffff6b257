import { Readable } from 'node:stream'
import type { ListEntry } from '@tagtree/core/catalog/catalog'
import * as contract from '@tagtree/core/contract/list'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { FileStore } from '../../collect/import/file-store.js'
import * as changing from '../../segment/lists/change-list.js'
import { listContents, readUnmatched, unmatchedLines } from '../../segment/lists/show-list.js'
import { KIND_WORDS } from '../../tag/catalogue/kind-words.js'
import { createList, reserveList } from '../../tag/catalogue/lists.js'
import { publishList } from '../../tag/lists/publish-list.js'
import type { TagHead } from '../../tag/run/heads.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import { inCatalogue, type TagRouteDeps } from './in-catalogue.js'
import { readSegmentScope } from './segment-scope.js'

/** Lists of people and of values: what is on them, and how it came there. */
export function listRoutes(deps: TagRouteDeps & { readonly files: FileStore }): readonly Bound[] {
  const scopeOf = async (context: WorkspaceContext): Promise<changing.ListScope> => {
    const { workspace, principal } = context
    return {
      ...(await readSegmentScope(deps, workspace)),
      pool: deps.pool,
      workspaceId: workspace.id,
      actorId: principal.kind === 'person' ? principal.userId : null,
      now: deps.now(),
    }
  }
  /** Tags and segments that use the list are due. */
  const answerChange = async (context: WorkspaceContext, report: changing.ListReport) => {
    await deps.onDefinitionsChanged(context.workspace.id)
    return { ...report, lost: report.lost.slice(0, 1000).map(([row, reason]) => ({ row, reason })) }
  }

  return [
    bind(contract.listLists, async (_input, context) => {
      const { catalog, heads } = await scopeOf(context)
      return { items: [...catalog.lists.values()].map((list) => shownList(list, heads)) }
    }),
    bind(contract.createList, async ({ body }, context) => {
      const scope = await scopeOf(context)
      const { id, name, subject, holds } = body
      if (!scope.catalog.subjects.has(subject)) {
        const what = { en: 'kind of subject', zh: '主体类型' }
        throw new AppError('NOT_FOUND', { pointer: '/subject', words: { what, name: subject } })
      }
      const given = { id, name, subject, origin: 'given', ...(holds === 'values' ? { holds } : {}) } as const
      const { number, changeNo } = await inCatalogue(deps, context, async (catalogue) => {
        const taken = await reserveList(catalogue, id)
        return { number: taken, ...(await createList(catalogue, given, taken)) }
      })
      if (holds === 'subjects') {
        const moment = { asOf: scope.now, lastBatch: scope.scan.lastBatch }
        await publishList(scope, scope.workspaceId, { id, number }, moment)
      }
      return { id, changeNo }
    }),
    bind(contract.showList, async ({ params }, context) => {
      const { catalog, heads } = await scopeOf(context)
      const list = requireList(catalog.lists, params.id)
      const contents = await inCatalogue(deps, context, (scope) => listContents(scope, params.id))
      const head = heads.get(list.number)
      return {
        ...shownList(list, heads),
        asOf: head === undefined ? null : new Date(head.asOf).toISOString(),
        values: list.values.slice(0, 1000),
        contents: contents.map((content) => ({ ...content, madeAt: content.madeAt.toISOString() })),
      }
    }),
    bind(contract.changeList, async ({ params, body }, context) => {
      const scope = await scopeOf(context)
      const list = requireList(scope.catalog.lists, params.id)
      const { how, people, values } = body
      if ((people === undefined) === (values === undefined)) throw oneOfBoth()
      if (values !== undefined) return answerChange(context, await changing.changeByValues(scope, list.id, how, values))
      const given = people!.map(({ identities, profileId }, row) => ({
        row,
        identities: Object.entries(identities ?? {}).map(([kind, value]) => ({ kind, value })),
        profileIds: profileId === undefined ? [] : [profileId],
      }))
      return answerChange(context, await changing.changeByPeople(scope, list, how, given))
    }),
    bind(contract.uploadList, async ({ params, body }, context) => {
      const scope = await scopeOf(context)
      const list = requireList(scope.catalog.lists, params.id)
      const { id } = await deps.files.find(scope.workspaceId, body.fileId)
      const { how, columns, as } = body
      const path = deps.files.path(scope.workspaceId, id)
      const file = { id, path, reading: body.file ?? {}, words: { columns, as } }
      const report =
        list.holds === 'values'
          ? await changing.uploadValues(scope, list.id, how, file, context.signal)
          : await changing.uploadPeople(scope, list, how, file, context.signal)
      return answerChange(context, report)
    }),
    bind(contract.exportUnmatched, async ({ params }, context) => {
      const lost = await inCatalogue(deps, context, (scope) => readUnmatched(scope, params.id, params.content))
      const path = deps.files.path(context.workspace.id, lost.file.id)
      return {
        contentType: 'text/csv',
        fileName: `${params.id}-${params.content}-unmatched.csv`,
        body: Readable.from(unmatchedLines(path, lost)),
      }
    }),
  ]
}

function requireList(lists: ReadonlyMap<string, ListEntry>, id: string): ListEntry {
  const list = lists.get(id)
  if (list === undefined) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.list, name: id } })
  return list
}

function shownList({ id, labels, subject, holds, values, number }: ListEntry, heads: ReadonlyMap<number, TagHead>) {
  const size = holds === 'values' ? values.length : (heads.get(number)?.counts.known ?? 0)
  return { id, name: labels, subject, holds, size }
}

function oneOfBoth(): AppError {
  const issue = {
    pointer: '/people',
    message: 'give either people or values',
    messageZh: '请提供 people 或 values 之一',
  }
  return new AppError('REQUEST_INVALID', { pointer: issue.pointer, issues: [issue] })
}
