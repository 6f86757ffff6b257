import type { Text } from '@tagtree/core/language/document'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import { createList, reserveList } from '../tag/catalogue/lists.js'
import { publishRuns } from '../tag/run/publish-runs.js'
import { computationError } from '../tag/run/run-error.js'
import { failRuns, type StartedRun, startRuns } from '../tag/run/run-records.js'
import { countBitmaps } from '../tag/run/write-codes.js'
import { appendCodeChanges } from '../tag/run/write-history.js'
import { type PublishedAudience, publishedAudience } from './audience.js'
import type { SegmentScope } from './segment-scope.js'

export interface SnapshotRequest {
  readonly workspaceId: number
  readonly actorId: number | null
  readonly segmentId: string
  readonly list: { readonly id: string; readonly name: Text }
}

const firstVersion = 1
const allProfiles = 4_294_967_295

/**
 * Freezes the published members of a segment as a list that no later run changes. The list and its members appear
 * together; when it fails the name is free again.
 * @throws AppError NOT_FOUND | NOT_PUBLISHED | NAME_TAKEN | RUN_FAILED
 */
export async function snapshotSegment(
  pool: pg.Pool,
  scope: SegmentScope,
  request: SnapshotRequest,
): Promise<{ id: string; people: number; asOf: number }> {
  const { workspaceId, actorId, segmentId, list } = request
  const published = publishedAudience(scope, { kind: 'segments', id: segmentId, value: null })
  const { asOf, subject } = published
  const { lastBatch } = scope.scan
  const [run] = await inWorkspace(pool, workspaceId, async (tx) => {
    const number = await reserveList({ tx, workspaceId, actorId }, list.id)
    return startRuns(tx, workspaceId, [{ definitionId: list.id, number, version: firstVersion }], asOf, lastBatch)
  })
  try {
    const people = await writeMembers(scope, published, run!)
    const { values } = people
    const population = scope.heads.get(scope.catalog.subjects.get(subject)!.number)?.counts.known ?? people.known
    await inWorkspace(pool, workspaceId, async (tx) => {
      const { version } = await createList({ tx, workspaceId, actorId }, { ...list, subject }, run!.number)
      const finished = {
        ...run!,
        version,
        valueType: 'codes',
        counts: { values, known: people.known, population },
      } as const
      await publishRuns(tx, workspaceId, [finished], { asOf, lastBatch }, people.cost)
    })
    return { id: list.id, people: people.known, asOf }
  } catch (thrown) {
    const error = computationError(thrown, list.id)
    await inWorkspace(pool, workspaceId, (tx) => failRuns(tx, workspaceId, [run!], 'failed', error)).catch(
      () => undefined,
    )
    throw error
  }
}

async function writeMembers({ clickhouse }: SegmentScope, { audience, asOf }: PublishedAudience, run: StartedRun) {
  const everybody = audience.members(0, allProfiles)
  const cost = await clickhouse.command(
    `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
     SELECT {number:UInt32}, 1, toUInt16(bitShiftRight(profile_id, 18)) AS s, {run:UInt64}, groupBitmapState(profile_id)
     FROM (${everybody.sql}) GROUP BY s`,
    { params: { ...everybody.params, number: run.number, run: run.runId } },
  )
  // The history is what a condition on this list reads when values are recomputed.
  const place = {
    number: run.number,
    runId: run.runId,
    asOf,
    formerRun: null,
    hasHistory: false,
    next: null,
    hidden: [],
  }
  await appendCodeChanges(clickhouse, place, false, {})
  return { ...(await countBitmaps(clickhouse, run.number, run.runId, 0)), cost }
}
