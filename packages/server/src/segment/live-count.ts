import { compile } from '@tagtree/core/compile/compile'
import type { SegmentDefinition } from '@tagtree/core/language/document'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import { everybodyOf } from '../tag/everybody-of.js'
import { momentContext } from '../tag/moment-context.js'
import { countPopulation } from '../tag/run/write-population.js'
import { drawSql } from '../tag/take.js'
import { type AudienceCount, countSegment } from './count.js'
import { populationValues } from './population-values.js'
import type { SegmentScope } from './segment-scope.js'

/** What a count will be, from a part of the people. */
export interface CountEstimate {
  readonly people: number
  /** Of `people`, from how much the drawn blocks differ. */
  readonly standardError: number
  /** 95 % interval. */
  readonly low: number
  readonly high: number
  /** People that were looked at. */
  readonly sampled: number
  readonly population: number
}

export interface LiveCountScope extends SegmentScope {
  readonly pool: pg.Pool
  readonly workspaceId: number
}

/** Fewer people are counted as fast as they are estimated. */
const SMALLEST_POPULATION = 50_000
/** Neighbouring profiles are read together: their rows lie together. */
const BLOCK_BITS = 8
const BLOCKS = 80
/** The same blocks for every condition, so that two estimates can be compared. */
const SEED = 'live count'

/**
 * Estimates a drafted segment on a deterministic sample of blocks of profiles. null where an estimate would not be faster
 * or not true: few people, an answer by bitmaps, cuts over everybody, a `take`.
 * @see W. G. Cochran, Sampling Techniques (1977), section 9A: ratio estimate from clusters of unequal size
 */
export async function estimateCount(
  scope: LiveCountScope,
  segment: SegmentDefinition,
  now: number,
  signal?: AbortSignal,
): Promise<CountEstimate | null> {
  const subject = scope.catalog.subjects.get(segment.subject ?? 'person')
  const head = subject && scope.heads.get(subject.number)
  if (head === undefined || segment.take !== undefined) return null
  const population = countPopulation(segment, head.counts)
  if (population < SMALLEST_POPULATION) return null
  const profiles = await drawBlocks(scope, segment, head.baseRun, subject!.number, signal)
  const stamped = await readStamped(scope, profiles)
  const compiled = compile([segment, everybodyOf(segment)], {
    ...momentContext(scope, null, now),
    restrict: { profiles, stamped },
  })
  if (compiled.fits.length > 0) return null
  const { sql, params } = compiled.statement(new Map())
  const rows = await scope.clickhouse.query<{ members: string; people: string }>(
    `SELECT toString(countIf(v_0 = 1)) AS members, toString(countIf(v_1 = 1)) AS people
     FROM (${sql}) GROUP BY bitShiftRight(profile_id, ${BLOCK_BITS})`,
    { params, signal },
  )
  const blocks = rows.map((row) => ({ members: Number(row.members), people: Number(row.people) }))
  return ratioEstimate(blocks, population)
}

/** The ratio of members to people in the drawn blocks, for everybody, with its error. */
export function ratioEstimate(
  blocks: readonly { readonly members: number; readonly people: number }[],
  population: number,
): CountEstimate | null {
  const people = blocks.reduce((sum, block) => sum + block.people, 0)
  const members = blocks.reduce((sum, block) => sum + block.members, 0)
  if (people === 0 || blocks.length < 2) return null
  const ratio = members / people
  const squares = blocks.reduce((sum, block) => sum + (block.members - ratio * block.people) ** 2, 0)
  const mean = people / blocks.length
  const unseen = Math.max(0, 1 - people / population)
  const variance = (unseen * squares) / (blocks.length - 1) / (blocks.length * mean * mean)
  const estimate = Math.round(ratio * population)
  const standardError = population * Math.sqrt(variance)
  return {
    people: estimate,
    standardError: Math.round(standardError * 10) / 10,
    low: Math.max(members, Math.floor(estimate - 1.96 * standardError)),
    high: Math.min(population - (people - members), Math.ceil(estimate + 1.96 * standardError)),
    sampled: people,
    population,
  }
}

/** First an estimate where it is worth its time, then the exact count. */
export async function* liveCount(
  scope: LiveCountScope,
  segment: SegmentDefinition,
  now: number,
  signal: AbortSignal,
): AsyncGenerator<
  | { readonly kind: 'estimate'; readonly count: CountEstimate }
  | { readonly kind: 'exact'; readonly count: AudienceCount }
> {
  // The exact count does not wait for the estimate; one of them may fail while the other is awaited.
  const exact = countSegment(scope, segment, null, now, signal)
  exact.catch(() => undefined)
  const first = await Promise.race([estimateCount(scope, segment, now, signal).catch(() => null), exact])
  if (first !== null && 'standardError' in first) yield { kind: 'estimate', count: first }
  yield { kind: 'exact', count: await exact }
}

async function drawBlocks(
  { clickhouse }: SegmentScope,
  segment: SegmentDefinition,
  run: string,
  number: number,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const rows = await clickhouse.query<{ profiles: number[] }>(
    `SELECT groupArray(p) AS profiles FROM (
       SELECT arrayJoin(bitmapToArray(groupBitmapMergeState(users))) AS p FROM tag_bitmaps
       WHERE tag_id = {number:UInt32} AND run_id = {run:UInt64} AND value IN {values:Array(UInt32)} GROUP BY slice)
     GROUP BY bitShiftRight(p, ${BLOCK_BITS}) AS block ORDER BY ${drawSql('{seed:String}', 'block')} LIMIT ${BLOCKS}`,
    { params: { number, run, values: populationValues(segment), seed: SEED }, signal },
  )
  return rows.flatMap((row) => row.profiles)
}

/** Profile numbers that rows of these people may be stamped with from before a merge. */
async function readStamped({ pool, workspaceId }: LiveCountScope, profiles: readonly number[]): Promise<number[]> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ profile_id: number }>(
      `select distinct h.profile_id from identity_node n
       join node_profile h on h.workspace_id = $1 and h.node_id = n.node_id
       where n.workspace_id = $1 and n.profile_id = any($2::int[])`,
      [workspaceId, profiles],
    )
    return rows.map((row) => row.profile_id)
  })
}
