import type { Incoming } from '@tagtree/core/collect/incoming'
import * as contract from '@tagtree/core/contract/tag'
import { AppError } from '@tagtree/core/kernel/app-error'
import { givenAttribute } from '@tagtree/core/language/assign/given/attribute'
import { z } from 'zod'
import { readJob, showJob } from '../../jobs/job-records.js'
import { orderRun, type RunOrder } from '../../jobs/tag-run-job.js'
import type { WantedNames } from '../../store/grow-catalog.js'
import { inWorkspace } from '../../store/postgres.js'
import { requireHead } from '../../tag/catalogue/definitions.js'
import { KIND_WORDS } from '../../tag/catalogue/kind-words.js'
import { givenValues } from '../../tag/given-values.js'
import { readHeads } from '../../tag/run/heads.js'
import { listRuns } from '../../tag/run/list-runs.js'
import { isRunnable } from '../../tag/run/run-tags.js'
import { readCodes } from '../../tag/run/value-codes.js'
import { memberCodes } from '../../tag/run/write-column.js'
import { asOfMoment } from '../as-of.js'
import { type Bound, bind } from '../bind.js'
import { inCatalogue, type TagRouteDeps } from './in-catalogue.js'

export interface TagRunRouteDeps extends TagRouteDeps {
  /** Plans names before their data comes, so that their types are not guessed. */
  readonly declare: (workspaceId: number, wanted: WantedNames) => Promise<void>
  /** Resolves when the facts are stored and readable. */
  readonly collect: (workspaceId: number, records: readonly Incoming[]) => Promise<void>
  /** Queues the run that follows new data; answers its job. */
  readonly onDataStored: (workspaceId: number) => Promise<number>
}

/** Running tags and what is published of them. */
export function tagRoutes(deps: TagRunRouteDeps): readonly Bound[] {
  return [
    bind(contract.runTags, async ({ body }, context) => {
      const catalog = await deps.loadCatalog(context.workspace.id)
      for (const [index, id] of (body.ids ?? []).entries()) {
        const entry = catalog.definitions.get(id)
        if (entry && isRunnable(entry)) continue
        throw new AppError('NOT_FOUND', { pointer: `/ids/${index}`, words: { what: KIND_WORDS.tag, name: id } })
      }
      asOfMoment(body.asOf, deps.now())
      const order: RunOrder = {
        refit: body.refit,
        ...(body.ids === undefined ? {} : { ids: body.ids }),
        ...(body.asOf === undefined ? {} : { asOf: body.asOf }),
      }
      const { workspace, idempotencyKey, language } = context
      return inWorkspace(deps.pool, workspace.id, async (tx) => {
        const id = await orderRun(tx, workspace.id, order, idempotencyKey)
        return showJob(await readJob(tx, workspace.id, id), language)
      })
    }),
    bind(contract.giveValues, async ({ params, body }, context) => {
      const { workspace, idempotencyKey, language } = context
      const entry = (await deps.loadCatalog(workspace.id)).definitions.get(params.id)
      if (!entry) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.tag, name: params.id } })
      const records = givenValues(entry, body.given, deps.now(), idempotencyKey ?? context.requestId)
      const { subject = 'person' } = entry.body
      const type = entry.body.kind === 'tag' && entry.body.family === 'multi' ? 'list' : 'text'
      await deps.declare(workspace.id, { attributes: [{ subject, key: givenAttribute(entry.id), type }] })
      await deps.collect(workspace.id, records)
      const id = await deps.onDataStored(workspace.id)
      const job = await inWorkspace(deps.pool, workspace.id, (tx) => readJob(tx, workspace.id, id))
      return { accepted: records.length, job: showJob(job, language) }
    }),
    bind(contract.showTag, async ({ params }, context) => {
      const workspaceId = context.workspace.id
      const entry = (await deps.loadCatalog(workspaceId)).definitions.get(params.id)
      if (!entry) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.tag, name: params.id } })
      const { head, labels } = await inWorkspace(deps.pool, workspaceId, async (tx) => ({
        head: (await readHeads(tx, workspaceId)).get(entry.number),
        labels: new Map([...(await readCodes(tx, workspaceId, entry.number))].map(([label, code]) => [code, label])),
      }))
      if (!head) throw new AppError('NOT_PUBLISHED', { words: { name: params.id } })
      const values = Object.entries(head.counts.values).map(([code, people]) => ({
        code:
          entry.kind === 'segment'
            ? code === String(memberCodes.member)
              ? 'member'
              : 'unknown'
            : (labels.get(Number(code)) ?? code),
        people,
      }))
      return {
        id: params.id,
        version: head.version,
        asOf: new Date(head.asOf).toISOString(),
        publishedAt: new Date(head.publishedAt).toISOString(),
        clock: head.clock,
        population: head.counts.population,
        known: entry.kind === 'segment' ? (head.counts.values[memberCodes.member] ?? 0) : head.counts.known,
        values,
        cost: head.cost === null ? null : { ...head.cost },
      }
    }),
    bind(contract.listRuns, async ({ params, query }, context) => {
      const before = context.cursors.read(query.cursor, z.string()) ?? null
      const items = await inCatalogue(deps, context, async (scope) => {
        await requireHead(scope, params.id)
        const page = { before, limit: query.limit + 1, language: context.language }
        return listRuns(scope.tx, scope.workspaceId, params.id, page)
      })
      const shown = items.slice(0, query.limit)
      return {
        items: shown,
        nextCursor: items.length > query.limit ? context.cursors.write(shown.at(-1)!.runId) : null,
      }
    }),
  ]
}
