import type { SegmentDefinition } from '@tagtree/core/language/document'
import { momentContext } from '../tag/moment-context.js'
import { computationError } from '../tag/run/run-error.js'
import { solveFits } from '../tag/run/solve-fits.js'
import { compileTaken, drawSql } from '../tag/take.js'
import type { SegmentScope } from './segment-scope.js'

/**
 * Profile ids of some people whom a drafted segment holds now, drawn by the seed, ascending.
 * @throws AppError DEFINITION_INVALID | RUN_FAILED
 */
export async function drawDrafted(
  scope: SegmentScope,
  segment: SegmentDefinition,
  { n, seed }: { readonly n: number; readonly seed: string },
  now: number,
  signal?: AbortSignal,
): Promise<number[]> {
  try {
    const compiled = compileTaken([segment], momentContext(scope, null, now))
    const { fits } = await solveFits(scope.clickhouse, compiled, scope.fits, signal)
    const { sql, params } = compiled.statement(fits)
    const rows = await scope.clickhouse.query<{ profile_id: number }>(
      `SELECT profile_id FROM (${sql}) WHERE v_0 = 1
       ORDER BY ${drawSql('{seed:String}', 'profile_id')}, profile_id LIMIT {n:UInt64}`,
      { params: { ...params, seed, n }, signal },
    )
    return rows.map((row) => row.profile_id).sort((a, b) => a - b)
  } catch (error) {
    throw computationError(error, segment.id)
  }
}
