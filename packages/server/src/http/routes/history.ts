import * as contract from '@tagtree/core/contract/history'
import { AppError } from '@tagtree/core/kernel/app-error'
import { zoneOf } from '@tagtree/core/kernel/zone'
import { correctedAttribute } from '@tagtree/core/language/assign/given/attribute'
import { z } from 'zod'
import { requireProfile } from '../../identify/subject.js'
import { orderBackfill } from '../../jobs/backfill-job.js'
import { orderCorrection } from '../../jobs/correction-job.js'
import { readJob, showJob } from '../../jobs/job-records.js'
import { type MemberReader, readMembersOf } from '../../segment/members.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { KIND_WORDS } from '../../tag/catalogue/kind-words.js'
import { correctable, correctionFacts, readAccuracy } from '../../tag/corrections.js'
import { type HistoryRange, readHistoryRanges } from '../../tag/history/history-range.js'
import { cellStatement, isMulti, type MigrationRequest, readMigration } from '../../tag/history/migration.js'
import {
  type HistorySubject,
  hiddenRuns,
  historySubject,
  type PublishedMoment,
  readLabels,
  readMoment,
  readMoments,
  type ValueLabels,
} from '../../tag/history/published-moment.js'
import { readSubjectHistory } from '../../tag/history/subject-history.js'
import { readTrend } from '../../tag/history/trend.js'
import { type HistoryStatement, profilePage, valuesAt } from '../../tag/history/values-at.js'
import { readHeads } from '../../tag/run/heads.js'
import { isRunnable } from '../../tag/run/run-tags.js'
import { asOfMoment } from '../as-of.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import type { TagRunRouteDeps } from './tag.js'

/** What was published at moments of the past. Nothing here computes a definition. */
export function historyRoutes(deps: TagRunRouteDeps & { readonly members: MemberReader }): readonly Bound[] {
  const subjectOf = async ({ workspace }: WorkspaceContext, id: string): Promise<HistorySubject> =>
    historySubject(await deps.loadCatalog(workspace.id), id)
  const reading = <T>({ workspace }: WorkspaceContext, work: (tx: Tx, workspaceId: number) => Promise<T>): Promise<T> =>
    inWorkspace(deps.pool, workspace.id, (tx) => work(tx, workspace.id))
  const momentOf = (text: string | undefined, field: string): number =>
    asOfMoment(text, deps.now(), field) ?? deps.now()

  const membersOf = async (context: WorkspaceContext, statement: HistoryStatement, query: MemberPage) => {
    const { workspace, cursors } = context
    const after = cursors.read(query.cursor, z.number().int()) ?? 0
    const { sql, params } = profilePage(statement, after, query.limit + 1)
    const rows = await deps.clickhouse.workspace(workspace.database).query<{ profile_id: number }>(sql, { params })
    const ids = rows.slice(0, query.limit).map((row) => row.profile_id)
    const items = await readMembersOf(deps.members, workspace.id, ids)
    return { items, nextCursor: rows.length > query.limit ? cursors.write(ids.at(-1)!) : null }
  }

  const migrationOf = async (context: WorkspaceContext, id: string, query: MigrationQuery) => {
    const subject = await subjectOf(context, id)
    const [from, to] = [momentOf(query.from, 'from'), momentOf(query.to, 'to')]
    const knownAt = asOfMoment(query.knownAt, deps.now(), 'knownAt')
    return reading(context, async (tx, workspaceId) => {
      const [then, later] = await readMoments(tx, workspaceId, subject.number, [from, to], knownAt)
      const request: MigrationRequest = {
        number: subject.number,
        hidden: await hiddenRuns(tx, workspaceId, knownAt),
        from: { moment: from, published: then! },
        to: { moment: to, published: later! },
      }
      const labels = await readLabels(tx, workspaceId, subject, (later ?? then)?.valueType ?? 'codes')
      return { request, labels }
    })
  }

  return [
    bind(contract.showTagAt, async ({ params, query }, context) => {
      const subject = await subjectOf(context, params.id)
      const knownAt = asOfMoment(query.knownAt, deps.now(), 'knownAt')
      const { found, labels } = await reading(context, async (tx, workspaceId) => {
        const found = await readMoment(tx, workspaceId, subject, momentOf(query.asOf, 'asOf'), knownAt)
        return { found, labels: await readLabels(tx, workspaceId, subject, found.valueType) }
      })
      return shownCounts(found, labels)
    }),
    bind(contract.listTagMembersAt, async ({ params, query }, context) => {
      const subject = await subjectOf(context, params.id)
      const moment = momentOf(query.asOf, 'asOf')
      const knownAt = asOfMoment(query.knownAt, deps.now(), 'knownAt')
      const statement = await reading(context, async (tx, workspaceId) => {
        const found = await readMoment(tx, workspaceId, subject, moment, knownAt)
        const part = { number: subject.number, hidden: await hiddenRuns(tx, workspaceId, knownAt) }
        const values = valuesAt(part, found, moment, 'at')
        if (query.value === undefined) return values
        const code = codeOf(await readLabels(tx, workspaceId, subject, found.valueType), subject, query.value)
        return {
          sql: `SELECT profile_id FROM (${values.sql}) WHERE value = {code:UInt32}`,
          params: { ...values.params, code },
        }
      })
      return membersOf(context, statement, query)
    }),
    bind(contract.showTrend, async ({ params, query }, context) => {
      const subject = await subjectOf(context, params.id)
      const catalog = await deps.loadCatalog(context.workspace.id)
      const range = { from: momentOf(query.from, 'from'), to: momentOf(query.to, 'to'), by: query.by }
      const knownAt = asOfMoment(query.knownAt, deps.now(), 'knownAt')
      const { points, labels } = await reading(context, async (tx, workspaceId) => {
        const points = await readTrend(tx, workspaceId, subject, range, zoneOf(catalog.timeZone), knownAt)
        const valueType = points.findLast(({ published }) => published !== null)?.published?.valueType ?? 'codes'
        return { points, labels: await readLabels(tx, workspaceId, subject, valueType) }
      })
      return {
        points: points.map(({ from, published }) => ({
          from: new Date(from).toISOString(),
          published: published === null ? null : shownCounts(published, labels),
        })),
      }
    }),
    bind(contract.showMigration, async ({ params, query }, context) => {
      const { request, labels } = await migrationOf(context, params.id, query)
      const cells = await readMigration(deps.clickhouse.workspace(context.workspace.database), request)
      const labelOf = (code: number): string | null => (code === 0 ? null : labels.labelOf(code))
      return {
        from: request.from.published === null ? null : shownRun(request.from.published),
        to: request.to.published === null ? null : shownRun(request.to.published),
        multi: isMulti(request),
        cells: cells.map((cell) => ({ from: labelOf(cell.from), to: labelOf(cell.to), people: cell.people })),
      }
    }),
    bind(contract.listMigrationMembers, async ({ params, query }, context) => {
      const { request, labels } = await migrationOf(context, params.id, query)
      const subject = await subjectOf(context, params.id)
      const code = (label: string | undefined): number => (label === undefined ? 0 : codeOf(labels, subject, label))
      return membersOf(context, cellStatement(request, { from: code(query.fromValue), to: code(query.toValue) }), query)
    }),
    bind(contract.showSubjectTagHistory, async ({ params, query }, context) => {
      const subject = await subjectOf(context, params.tag)
      const profileId = await requireProfile({ pool: deps.pool, workspaceId: context.workspace.id }, params.id)
      const knownAt = asOfMoment(query.knownAt, deps.now(), 'knownAt')
      const clickhouse = deps.clickhouse.workspace(context.workspace.database)
      return reading(context, async (tx, workspaceId) => {
        const history = await readSubjectHistory(clickhouse, tx, workspaceId, {
          profileId,
          numbers: [subject.number],
          until: deps.now(),
          hidden: await hiddenRuns(tx, workspaceId, knownAt),
        })
        const labels = await readLabels(tx, workspaceId, subject, 'codes')
        const items = (history.get(subject.number) ?? []).map(({ at, runId, codes, text }) => ({
          at: new Date(at).toISOString(),
          runId,
          values: text === null ? codes.map(labels.labelOf) : [text],
        }))
        return { items }
      })
    }),
    bind(contract.showHistoryRange, async ({ params }, context) => {
      await subjectOf(context, params.id)
      const [range] = await reading(context, (tx, workspaceId) => readHistoryRanges(tx, workspaceId, [params.id]))
      return shownRange(range!)
    }),
    bind(contract.backfillTag, async ({ params, body }, context) => {
      const entry = (await deps.loadCatalog(context.workspace.id)).definitions.get(params.id)
      if (!entry || !isRunnable(entry)) {
        throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.tag, name: params.id } })
      }
      const { by, count = usualCount[by] } = body
      return reading(context, async (tx, workspaceId) => {
        const job = await orderBackfill(tx, workspaceId, { id: params.id, by, count, until: deps.now() })
        return showJob(await readJob(tx, workspaceId, job), context.language)
      })
    }),
    bind(contract.correctValues, async ({ params, body }, context) => {
      const { workspace, idempotencyKey, language } = context
      const entry = correctable(await deps.loadCatalog(workspace.id), params.id)
      const key = idempotencyKey ?? context.requestId
      const records = correctionFacts(entry, body.corrections, deps.now(), key)
      const { subject = 'person' } = entry.body
      const attribute = { subject, key: correctedAttribute(entry.id), type: 'list' } as const
      await deps.declare(workspace.id, { attributes: [attribute] })
      await deps.collect(workspace.id, records)
      const id = await deps.onDataStored(workspace.id)
      const job = await reading(context, (tx, workspaceId) => readJob(tx, workspaceId, id))
      return { accepted: records.length, job: showJob(job, language) }
    }),
    bind(contract.showAccuracy, async ({ params }, context) => {
      const catalog = await deps.loadCatalog(context.workspace.id)
      const entry = correctable(catalog, params.id)
      const clickhouse = deps.clickhouse.workspace(context.workspace.database)
      const head = await reading(context, async (tx, workspaceId) =>
        (await readHeads(tx, workspaceId)).get(entry.number),
      )
      return readAccuracy(
        { clickhouse, catalog, scan: await deps.readScanState(context.workspace.id) },
        entry,
        head ?? null,
        deps.now(),
      )
    }),
    bind(contract.correctTags, async (_input, context) =>
      reading(context, async (tx, workspaceId) => {
        const job = await orderCorrection(tx, workspaceId)
        return showJob(await readJob(tx, workspaceId, job), context.language)
      }),
    ),
  ]
}

const usualCount = { day: 90, week: 26, month: 12 } as const

/** A range as answers write it. */
export function shownRange({ id, since, moments }: HistoryRange) {
  return { id, since: since === null ? null : new Date(since).toISOString(), moments }
}

interface MemberPage {
  readonly limit: number
  readonly cursor?: string | undefined
}
interface MigrationQuery {
  readonly from: string
  readonly to?: string | undefined
  readonly knownAt?: string | undefined
}

function shownRun({ runId, asOf, publishedAt, version, kind }: PublishedMoment) {
  return {
    runId,
    asOf: new Date(asOf).toISOString(),
    publishedAt: new Date(publishedAt).toISOString(),
    version,
    kind,
  }
}

function shownCounts(published: PublishedMoment, labels: ValueLabels) {
  const { counts } = published
  const values = Object.entries(counts.values).map(([code, people]) => ({ code: labels.labelOf(Number(code)), people }))
  return { ...shownRun(published), known: counts.known, population: counts.population, values }
}

function codeOf(labels: ValueLabels, { id }: HistorySubject, label: string): number {
  const code = labels.codeOf(label)
  if (code !== undefined) return code
  throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.value, name: `${id}/${label}` } })
}
