import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import { createList } from '../tag/catalogue/lists.js'
import { failRuns, publishRuns, startRuns } from '../tag/run/run-records.js'
import { appendCodeChanges, countBitmaps } from '../tag/run/write-codes.js'
import { publishedAudience } from './audience.js'
import type { SegmentScope } from './count.js'

export interface SnapshotRequest {
  readonly workspaceId: number
  readonly actorId: number | null
  readonly segmentId: string
  readonly list: { readonly id: string; readonly name: Text }
}

/**
 * Freezes the published members of a segment as a list that no later run changes.
 * @throws AppError NOT_FOUND | NOT_PUBLISHED | NAME_TAKEN
 */
export async function snapshotSegment(
  pool: pg.Pool,
  scope: SegmentScope,
  request: SnapshotRequest,
): Promise<{ id: string; people: number; asOf: number }> {
  const { audience, asOf, subject } = publishedAudience(scope, { kind: 'segments', id: request.segmentId, value: null })
  const { workspaceId } = request
  const [run] = await inWorkspace(pool, workspaceId, async (tx) => {
    const list = await createList({ tx, workspaceId, actorId: request.actorId }, { ...request.list, subject })
    const target = { definitionId: request.list.id, number: list.number, version: list.version }
    return startRuns(tx, workspaceId, [target], asOf, scope.scan.lastBatch)
  })
  if (!run) throw new AppError('INTERNAL')
  try {
    const everybody = audience.members(0, 4_294_967_295)
    const cost = await scope.clickhouse.command(
      `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
       SELECT {number:UInt32}, 1, toUInt16(bitShiftRight(profile_id, 18)) AS s, {run:UInt64}, groupBitmapState(profile_id)
       FROM (${everybody.sql}) GROUP BY s`,
      { params: { ...everybody.params, number: run.number, run: run.runId } },
    )
    const counts = await countBitmaps(scope.clickhouse, run.number, run.runId, 0)
    // The history is what a condition on this list reads when values are recomputed.
    await appendCodeChanges(scope.clickhouse, {
      number: run.number,
      runId: run.runId,
      baseRun: null,
      multi: false,
      asOf,
    })
    await inWorkspace(pool, workspaceId, (tx) =>
      publishRuns(
        tx,
        workspaceId,
        [{ ...run, valueType: 'codes', counts }],
        { asOf, lastBatch: scope.scan.lastBatch },
        cost,
      ),
    )
    return { id: request.list.id, people: counts.known, asOf }
  } catch (error) {
    await inWorkspace(pool, workspaceId, (tx) => failRuns(tx, workspaceId, [run], 'failed', null))
    throw error
  }
}
