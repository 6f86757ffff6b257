import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { runSettings } from './write-codes.js'

/**
 * The history of a tag is an order of its values by (as_of, run_id): at any moment the newest row not after it tells the
 * value. A run appends what differs from the history at its own moment. Mostly that history is what the run's
 * predecessor published, and the difference of two bitmaps gives it; a run for an earlier moment, and the first one of
 * another definition, are held against the history itself.
 */
export interface HistoryPlace {
  readonly number: number
  readonly runId: string
  /** ms */
  readonly asOf: number
  /** The run whose bitmaps are the history at `asOf`; null = the history itself must be read, or there is none. */
  readonly formerRun: string | null
  /** Whether there is any history to be read. */
  readonly hasHistory: boolean
  /** ms of the next published moment after `asOf`; what was true from then on stays so. null = there is none. */
  readonly next: number | null
  /** Runs whose rows must not be read, this one among them. */
  readonly hidden: readonly string[]
  /** The run speaks of these profiles only: the history of others stays as it is. */
  readonly only?: readonly number[]
}

/**
 * Appends the changes of codes. An exclusive tag has one row per change (0 = blank), a multi tag one per value.
 * `settings`: none for lists, which are written outside of the lock of runs, where the mark of a pass would end them.
 */
export async function appendCodeChanges(
  clickhouse: WorkspaceClickHouse,
  place: HistoryPlace,
  multi: boolean,
  settings: { readonly log_comment?: string } = runSettings,
): Promise<void> {
  const byBitmaps = place.formerRun !== null || !place.hasHistory
  const rows = byBitmaps ? bitmapDifference(multi) : historyDifference(multi, place)
  const options = { params: paramsOf(place), settings }
  await clickhouse.command(
    `INSERT INTO tag_changes (tag_id, profile_id, run_id, as_of, value, present)
     SELECT {tag:UInt32}, profile_id, {run:UInt64}, toDateTime({asOf:Int64}, 'UTC'), value, present FROM (${rows})`,
    options,
  )
  if (place.next === null) return
  await clickhouse.command(
    `INSERT INTO tag_changes (tag_id, profile_id, run_id, as_of, value, present)
     SELECT {tag:UInt32}, profile_id, {run:UInt64}, toDateTime({next:Int64}, 'UTC'), value, present FROM (${restored(multi, place)})`,
    options,
  )
}

/** Values of the parameters that every statement here uses. */
export function paramsOf(place: HistoryPlace): Record<string, unknown> {
  return {
    tag: place.number,
    run: place.runId,
    former: place.formerRun ?? '0',
    // Numbers, because the client quotes strings inside arrays; run ids stay far below 2^53.
    hidden: place.hidden.map(Number),
    asOf: Math.floor(place.asOf / 1000),
    ...(place.only === undefined ? {} : { only: place.only }),
    ...(place.next === null ? {} : { next: Math.floor(place.next / 1000) }),
  }
}

/** Rows of the history up to a moment that may be read. */
export function historyUntil(
  table: 'tag_changes' | 'tag_numbers',
  moment: 'asOf' | 'next',
  { only }: HistoryPlace,
): string {
  const limit = only === undefined ? '' : ' AND profile_id IN {only:Array(UInt32)}'
  return `FROM ${table} WHERE tag_id = {tag:UInt32} AND as_of <= toDateTime({${moment}:Int64}, 'UTC')
    AND run_id NOT IN {hidden:Array(UInt64)}${limit}`
}

const profilesIn = (set: string): string => `arrayJoin(bitmapToArray(${set})) AS profile_id`

function bitmapDifference(multi: boolean): string {
  const sets = `groupBitmapMergeStateIf(users, run_id = {run:UInt64}) AS now,
    groupBitmapMergeStateIf(users, run_id = {former:UInt64}) AS before
    FROM tag_bitmaps WHERE tag_id = {tag:UInt32} AND run_id IN ({run:UInt64}, {former:UInt64})`
  const perValue = `SELECT value, slice, ${sets} GROUP BY value, slice`
  const gained = `SELECT value, toUInt8(1) AS present, ${profilesIn('bitmapAndnot(now, before)')} FROM (${perValue})`
  const lost = multi
    ? `SELECT value, toUInt8(0) AS present, ${profilesIn('bitmapAndnot(before, now)')} FROM (${perValue})`
    : `SELECT toUInt32(0) AS value, toUInt8(1) AS present, ${profilesIn('bitmapAndnot(before, now)')}
       FROM (SELECT slice, ${sets} GROUP BY slice)`
  return `${gained} UNION ALL ${lost}`
}

function historyDifference(multi: boolean, place: HistoryPlace): string {
  const fresh = `SELECT value, ${profilesIn('users')} FROM (
    SELECT value, slice, groupBitmapMergeState(users) AS users
    FROM tag_bitmaps WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64} GROUP BY value, slice)`
  if (multi) {
    return `SELECT profile_id, value, toUInt8(sum(is_now)) AS present FROM (
      SELECT profile_id, value, 1 AS is_now, 0 AS was FROM (${fresh})
      UNION ALL SELECT profile_id, value, 0 AS is_now, was FROM (${formerValues('asOf', place)}))
      GROUP BY profile_id, value HAVING sum(is_now) != sum(was)`
  }
  return `SELECT profile_id, toUInt32(sum(now)) AS value, toUInt8(1) AS present FROM (
    SELECT profile_id, value AS now, 0 AS was FROM (${fresh})
    UNION ALL SELECT profile_id, 0 AS now, was FROM (${formerValue('asOf', place)}))
    GROUP BY profile_id HAVING sum(now) != sum(was)`
}

/** For whom this run changed the history: what was true at the next published moment. */
function restored(multi: boolean, place: HistoryPlace): string {
  const changed = 'FROM tag_changes WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64}'
  if (multi) {
    return `SELECT profile_id, value, toUInt8(sum(was)) AS present FROM (
      SELECT profile_id, value, 0 AS was ${changed}
      UNION ALL SELECT profile_id, value, was FROM (${formerValues('next', place)}) WHERE (profile_id, value) IN (SELECT profile_id, value ${changed}))
      GROUP BY profile_id, value`
  }
  return `SELECT profile_id, toUInt32(sum(was)) AS value, toUInt8(1) AS present FROM (
    SELECT profile_id, 0 AS was ${changed}
    UNION ALL SELECT profile_id, was FROM (${formerValue('next', place)}) WHERE profile_id IN (SELECT profile_id ${changed}))
    GROUP BY profile_id`
}

/** profile_id, value -> was: 1 or 0. The 0 of an exclusive tag is no value. */
function formerValues(moment: 'asOf' | 'next', place: HistoryPlace): string {
  return `SELECT profile_id, value, argMax(present, (as_of, run_id)) AS was
    ${historyUntil('tag_changes', moment, place)} AND value != 0 GROUP BY profile_id, value`
}

/**
 * profile_id -> was: the code, 0 blank. Where the history is that of a multi tag its newest rows are several or tell
 * what is gone: then `was` is a code that nothing has.
 */
function formerValue(moment: 'asOf' | 'next', place: HistoryPlace): string {
  const unlike = moment === 'asOf' ? 4_294_967_295 : 0
  return `SELECT profile_id, argMax(if(n = 1 AND is_present = 1, code, ${unlike}), (as_of, run_id)) AS was FROM (
      SELECT profile_id, as_of, run_id, count() AS n, any(value) AS code, any(present) AS is_present
      ${historyUntil('tag_changes', moment, place)} GROUP BY profile_id, as_of, run_id)
    GROUP BY profile_id`
}
