import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { SEQ_PER_BATCH } from '../../store/scan-state.js'
import type { ListDocument } from '../catalogue/definitions.js'
import { readHeads, type TagHead } from '../run/heads.js'
import { type FinishedRun, publishRuns } from '../run/publish-runs.js'
import { computationError } from '../run/run-error.js'
import { inListTurn } from '../run/run-lock.js'
import { failRuns, startRuns, unpublishedRuns } from '../run/run-records.js'
import { countBitmaps } from '../run/write-codes.js'
import { appendCodeChanges } from '../run/write-history.js'
import { type ListedProfiles, readListedProfiles, readMovedProfiles } from './list-content.js'

export interface ListDeps {
  readonly pool: pg.Pool
  readonly clickhouse: WorkspaceClickHouse
}

/** A moment for a new content: when it is from, and which data is stored. */
export interface ListMoment {
  /** ms */
  readonly asOf: number
  readonly lastBatch: number
}

export interface PublishedList {
  /** On it now. */
  readonly people: number
  /** Who came and who went since it was published before. */
  readonly joined: number
  readonly left: number
}

/** What is wanted of a list, and what is published of it. */
interface ListState {
  readonly id: string
  readonly number: number
  readonly version: number
  readonly document: ListDocument
  /** null = never. */
  readonly head: TagHead | null
  /** The document of the version that is published. */
  readonly published: ListDocument | null
  readonly hidden: readonly string[]
  readonly moved: readonly number[]
}

const rowsPerInsert = 200_000

/**
 * Publishes what a list holds: its content as bitmaps and history, with the profiles of today. Where profiles merged or
 * parted since it was published, its past is told with the profiles of today first. Does nothing when all is as it was.
 */
export function publishList(
  deps: ListDeps,
  workspaceId: number,
  list: { readonly id: string; readonly number: number },
  moment: ListMoment,
): Promise<PublishedList> {
  return inListTurn(deps.pool, workspaceId, list.number, async () => {
    const read = () => inWorkspace(deps.pool, workspaceId, (tx) => readState(tx, workspaceId, list.id))
    let state = await read()
    if (state.head !== null && state.published !== null && (await hasMoved(deps, workspaceId, state))) {
      const { asOf, version } = state.head
      await publishContent(deps, workspaceId, state, version, state.published, { ...moment, asOf })
      await rewritePast(deps, workspaceId, state)
      state = await read()
    }
    if (state.head !== null && contentOf(state.published) === contentOf(state.document)) {
      return { people: state.head.counts.known, joined: 0, left: 0 }
    }
    return publishContent(deps, workspaceId, state, state.version, state.document, moment)
  })
}

/** Names the members that a version holds: renaming a list makes a version with the same ones. */
function contentOf(document: ListDocument | null): string | null {
  return document === null ? null : `${document.origin ?? 'segment'} ${document.content ?? 0}`
}

async function readState(tx: Tx, workspaceId: number, id: string): Promise<ListState> {
  const { rows } = await tx.query<{
    number: number
    version: number
    document: ListDocument
    published: ListDocument | null
    last_batch: number | null
  }>(
    `select d.number, d.published_version as version, v.body as document, p.body as published, h.last_batch
     from definition d
     join definition_version v on v.workspace_id = $1 and v.id = d.id and v.version = d.published_version
     left join tag_head h on h.workspace_id = $1 and h.number = d.number
     left join definition_version p on p.workspace_id = $1 and p.id = d.id and p.version = h.version
     where d.workspace_id = $1 and d.id = $2`,
    [workspaceId, id],
  )
  const row = rows[0]!
  const head = (await readHeads(tx, workspaceId)).get(row.number) ?? null
  const storedUntil = BigInt((row.last_batch ?? 0) + 1) * BigInt(SEQ_PER_BATCH) - 1n
  return {
    id,
    number: row.number,
    version: row.version,
    document: row.document,
    head,
    published: row.published,
    hidden: await unpublishedRuns(tx, workspaceId),
    moved: head === null ? [] : await readMovedProfiles(tx, workspaceId, row.number, String(storedUntil)),
  }
}

/** Whether profiles merged or parted since it was published. */
async function hasMoved(deps: ListDeps, workspaceId: number, state: ListState): Promise<boolean> {
  if (state.moved.length > 0) return true
  if (state.published!.origin === 'given') return false
  const params = { tag: state.number, hidden: state.hidden.map(Number), former: state.head!.baseRun }
  const touched = await deps.clickhouse.query(
    `SELECT 1 FROM (${firstRows}) WHERE profile_id IN (SELECT node_id FROM node_override) LIMIT 1`,
    { params },
  )
  if (touched.length === 0) return false
  return withMembers(deps, workspaceId, state, state.published!, async (members) => {
    const [difference] = await deps.clickhouse.query<{ size: string }>(
      `SELECT toString(bitmapXorCardinality(
         (SELECT groupBitmapState(member) FROM (${members})),
         (SELECT groupBitmapMergeState(users) FROM tag_bitmaps
          WHERE tag_id = {tag:UInt32} AND run_id = {former:UInt64}))) AS size`,
      { params },
    )
    return difference?.size !== '0'
  })
}

/** Its first run holds whom a list began with. */
const firstRows = `SELECT DISTINCT profile_id FROM tag_changes
  WHERE tag_id = {tag:UInt32} AND value = 1 AND run_id = (
    SELECT min(run_id) FROM tag_changes WHERE tag_id = {tag:UInt32} AND run_id NOT IN {hidden:Array(UInt64)})`

/** Hands over a SELECT of the members (column `member`, each once) of one content, with the profiles of today. */
async function withMembers<T>(
  { pool, clickhouse }: ListDeps,
  workspaceId: number,
  { number }: ListState,
  document: ListDocument,
  work: (members: string) => Promise<T>,
): Promise<T> {
  const entries = await inWorkspace(pool, workspaceId, (tx) =>
    readListedProfiles(tx, workspaceId, number, document.content ?? 0),
  )
  const table = `list_${randomUUID().replaceAll('-', '')}`
  await clickhouse.command(
    `CREATE TABLE ${table} (profile_id UInt32, listed UInt8) ENGINE = MergeTree ORDER BY profile_id`,
  )
  try {
    await stageEntries(clickhouse, table, entries)
    const on = `SELECT profile_id AS member FROM ${table} WHERE listed = 1`
    if (document.origin === 'given') return await work(on)
    const profile = `dictGetOrDefault('${clickhouse.database}.override', 'profile_id', toUInt64(profile_id), profile_id)`
    return await work(
      `SELECT DISTINCT member FROM (
         SELECT toUInt32(${profile}) AS member FROM (${firstRows})
         WHERE member != 0 AND member NOT IN (SELECT profile_id FROM ${table} WHERE listed = 0) UNION ALL ${on})`,
    )
  } finally {
    await clickhouse.command(`DROP TABLE IF EXISTS ${table} SYNC`).catch(() => undefined)
  }
}

async function stageEntries(clickhouse: WorkspaceClickHouse, table: string, entries: ListedProfiles): Promise<void> {
  for (const [listed, profiles] of [
    [1, entries.on],
    [0, entries.off],
  ] as const) {
    for (let from = 0; from < profiles.length; from += rowsPerInsert) {
      const rows = profiles.slice(from, from + rowsPerInsert)
      await clickhouse.insert(
        table,
        Buffer.from(rows.map((p) => `{"profile_id":${p},"listed":${listed}}`).join('\n')),
        {
          token: `${table}:${listed}:${from}`,
          columns: ['profile_id', 'listed'],
          gzip: false,
        },
      )
    }
  }
}

async function publishContent(
  deps: ListDeps,
  workspaceId: number,
  state: ListState,
  version: number,
  document: ListDocument,
  moment: ListMoment,
): Promise<PublishedList> {
  const { pool, clickhouse } = deps
  const { id, number, head } = state
  const begun = performance.now()
  const [run] = await inWorkspace(pool, workspaceId, (tx) =>
    startRuns(tx, workspaceId, [{ definitionId: id, number, version }], moment.asOf, moment.lastBatch),
  )
  try {
    const { runId } = run!
    const params = { tag: number, run: runId, hidden: [...state.hidden, runId].map(Number) }
    await withMembers(deps, workspaceId, state, document, (members) =>
      clickhouse.command(
        `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
         SELECT {tag:UInt32}, 1, toUInt16(bitShiftRight(member, 18)) AS s, {run:UInt64}, groupBitmapState(member)
         FROM (${members}) GROUP BY s`,
        { params },
      ),
    )
    const former = head?.baseRun ?? null
    const hasHistory = head !== null
    const place = { number, runId, asOf: moment.asOf, formerRun: former, hasHistory, next: null, hidden: state.hidden }
    await appendCodeChanges(clickhouse, place, false, {})
    const [moves] = await clickhouse.query<{ joined: string; left: string }>(
      `SELECT toString(countIf(value = 1)) AS joined, toString(countIf(value = 0)) AS left FROM tag_changes
       WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64}`,
      { params },
    )
    const counts = await countBitmaps(clickhouse, number, runId, 0)
    await inWorkspace(pool, workspaceId, async (tx) => {
      const population = (await readHeads(tx, workspaceId)).get(await subjectNumber(tx, workspaceId, document.subject))
      const finished: FinishedRun = {
        ...run!,
        valueType: 'codes',
        counts: { ...counts, population: population?.counts.known ?? counts.known },
      }
      await publishRuns(tx, workspaceId, [finished], moment, { rows: 0, bytes: 0, ms: performance.now() - begun })
    })
    return { people: counts.known, joined: Number(moves!.joined), left: Number(moves!.left) }
  } catch (thrown) {
    const error = computationError(thrown, id)
    await inWorkspace(pool, workspaceId, (tx) => failRuns(tx, workspaceId, [run!], 'failed', error)).catch(
      () => undefined,
    )
    throw error
  }
}

async function subjectNumber(tx: Tx, workspaceId: number, subject: string): Promise<number> {
  const { rows } = await tx.query<{ number: number }>(
    'select number from subject_kind where workspace_id = $1 and key = $2',
    [workspaceId, subject],
  )
  return rows[0]?.number ?? 0
}

/** Before its newest moment too, a list is told with the profiles of today: rows of a later run count at the same moment. */
async function rewritePast({ pool, clickhouse }: ListDeps, workspaceId: number, state: ListState): Promise<void> {
  if (state.moved.length === 0) return
  const { number, head } = state
  const moments = await inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ as_of: Date; document: ListDocument }>(
      // The history knows whole seconds: of those in one the newest counts.
      `select distinct on (date_trunc('second', r.as_of)) r.as_of, v.body as document from tag_run r
       join definition_version v on v.workspace_id = $1 and v.id = r.definition_id and v.version = r.version
       where r.workspace_id = $1 and r.number = $2 and r.state = 'published'
         and r.as_of < to_timestamp($3)
       order by date_trunc('second', r.as_of), r.as_of desc, r.run_id desc`,
      [workspaceId, number, Math.floor(head!.asOf / 1000)],
    )
    const past = []
    for (const { as_of: asOf, document } of rows) {
      if (document.origin !== 'given') continue
      past.push({ asOf, on: new Set((await readListedProfiles(tx, workspaceId, number, document.content ?? 0)).on) })
    }
    return { past, run: (await readHeads(tx, workspaceId)).get(number)!.baseRun }
  })
  const rows = moments.past.flatMap(({ asOf, on }) =>
    state.moved.map((profile) => ({
      tag_id: number,
      profile_id: profile,
      run_id: moments.run,
      as_of: Math.floor(asOf.getTime() / 1000),
      value: on.has(profile) ? 1 : 0,
      present: 1,
    })),
  )
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    const body = rows.slice(from, from + rowsPerInsert).map((row) => JSON.stringify(row))
    await clickhouse.insert('tag_changes', Buffer.from(body.join('\n')), {
      token: `list:${moments.run}:${from}`,
      columns: Object.keys(rows[0]!),
      gzip: false,
    })
  }
}
