import type { Catalog, ListEntry } from '@tagtree/core/catalog/catalog'
import type pg from 'pg'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import { readHeads, type TagHead } from './heads.js'
import { publishRuns } from './publish-runs.js'
import { computationError } from './run-error.js'
import { failRuns, startRuns, unpublishedRuns } from './run-records.js'
import { countBitmaps, runSettings } from './write-codes.js'
import { appendCodeChanges } from './write-history.js'

interface FollowDeps {
  readonly pool: pg.Pool
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
}

/**
 * A list names profiles as they were when it was filled. Where these have merged with others, or parted again, since,
 * the list is published anew with the profiles of today: who was put on it stays on it. The caller holds the lock of
 * runs; what fails is cleaned as any run.
 */
export async function followMerges(deps: FollowDeps, workspaceId: number): Promise<void> {
  const { heads, hidden } = await inWorkspace(deps.pool, workspaceId, async (tx) => ({
    heads: await readHeads(tx, workspaceId),
    hidden: await unpublishedRuns(tx, workspaceId),
  }))
  const published = [...deps.catalog.lists.values()].filter((list) => heads.has(list.number))
  if (published.length === 0) return
  const touched = await deps.clickhouse.query<{ tag_id: number }>(
    `SELECT DISTINCT tag_id FROM tag_changes
     WHERE tag_id IN {lists:Array(UInt32)} AND profile_id IN (SELECT node_id FROM node_override)`,
    { params: { lists: published.map((list) => list.number) } },
  )
  const numbers = new Set(touched.map((row) => row.tag_id))
  for (const list of published) {
    if (numbers.has(list.number)) await followList(deps, workspaceId, list, heads.get(list.number)!, hidden)
  }
}

async function followList(
  { pool, clickhouse }: FollowDeps,
  workspaceId: number,
  { id, number }: ListEntry,
  head: TagHead,
  hidden: readonly string[],
): Promise<void> {
  const profile = `dictGetOrDefault('${clickhouse.database}.override', 'profile_id', toUInt64(profile_id), profile_id)`
  // Its first run holds whom it was filled with.
  const members = `SELECT DISTINCT ${profile} AS member FROM tag_changes
    WHERE tag_id = {tag:UInt32} AND value = 1 AND run_id = (
      SELECT min(run_id) FROM tag_changes WHERE tag_id = {tag:UInt32} AND run_id NOT IN {hidden:Array(UInt64)})`
  const params = { tag: number, hidden: hidden.map(Number), former: head.baseRun }
  const [difference] = await clickhouse.query<{ size: string }>(
    `SELECT toString(bitmapXorCardinality(
       (SELECT groupBitmapState(member) FROM (${members}) WHERE member != 0),
       (SELECT groupBitmapMergeState(users) FROM tag_bitmaps WHERE tag_id = {tag:UInt32} AND run_id = {former:UInt64}))) AS size`,
    { params },
  )
  if (difference?.size === '0') return
  const begun = performance.now()
  const { version, asOf } = head
  const [run] = await inWorkspace(pool, workspaceId, (tx) =>
    startRuns(tx, workspaceId, [{ definitionId: id, number, version }], asOf, 0),
  )
  try {
    const { runId } = run!
    await clickhouse.command(
      `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
     SELECT {tag:UInt32}, 1, toUInt16(bitShiftRight(member, 18)) AS s, {run:UInt64}, groupBitmapState(member)
     FROM (${members}) WHERE member != 0 GROUP BY s`,
      { params: { ...params, run: runId }, settings: runSettings },
    )
    // It is what the list always was, told with today's profiles: the change stands at the list's own moment.
    const place = { number, runId, asOf, formerRun: head.baseRun, hasHistory: true, next: null, hidden }
    await appendCodeChanges(clickhouse, place, false)
    const counts = await countBitmaps(clickhouse, number, runId, head.counts.population)
    const cost = { rows: 0, bytes: 0, ms: performance.now() - begun }
    await inWorkspace(pool, workspaceId, (tx) =>
      publishRuns(tx, workspaceId, [{ ...run!, valueType: 'codes', counts }], { asOf, lastBatch: 0 }, cost),
    )
  } catch (thrown) {
    const error = computationError(thrown, id)
    await inWorkspace(pool, workspaceId, (tx) => failRuns(tx, workspaceId, [run!], 'failed', error)).catch(
      () => undefined,
    )
    throw error
  }
}
