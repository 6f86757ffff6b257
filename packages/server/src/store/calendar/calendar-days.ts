import { AppError } from '@tagtree/core/kernel/app-error'
import { checkRoom } from '../check-room.js'
import type { Tx } from '../postgres.js'
import { builtInDays, builtInYears, countryOfZone } from './built-in.js'

/** A day as the workspace calendar has it. */
export interface StoredDay {
  /** 2026-10-01 */
  readonly day: string
  /** null: as the week says. */
  readonly kind: 'workday' | 'restday' | 'holiday' | null
  readonly holiday: string | null
  readonly promotion: string | null
}
/** A day to write; what is left out stays as it is. */
export interface DayPatch {
  readonly day: string
  readonly kind?: StoredDay['kind'] | undefined
  readonly holiday?: string | null | undefined
  readonly promotion?: string | null | undefined
}

/** Days that differ from the week; all of 1970 to 2299 would be 120,000. */
const MOST_DAYS = 40_000

/** Days of these years, rising. */
export async function readDays(tx: Tx, workspaceId: number, fromYear: number, toYear: number): Promise<StoredDay[]> {
  const { rows } = await tx.query<StoredDay>(
    `select to_char(day, 'YYYY-MM-DD') as day, kind, holiday, promotion from calendar_day
     where workspace_id = $1 and day between make_date($2, 1, 1) and make_date($3, 12, 31) order by day`,
    [workspaceId, fromYear, toYear],
  )
  return rows
}

/** Makes these the only days of the years. @throws AppError CATALOG_FULL */
export async function replaceDays(
  tx: Tx,
  workspaceId: number,
  fromYear: number,
  toYear: number,
  days: readonly DayPatch[],
): Promise<void> {
  await tx.query(
    `delete from calendar_day
     where workspace_id = $1 and day between make_date($2, 1, 1) and make_date($3, 12, 31)`,
    [workspaceId, fromYear, toYear],
  )
  await patchDays(tx, workspaceId, days)
}

/** Writes days, each field that is given; a day about which nothing is left to say goes. @throws AppError CATALOG_FULL */
export async function patchDays(tx: Tx, workspaceId: number, days: readonly DayPatch[]): Promise<void> {
  await tx.query(
    `insert into calendar_day (workspace_id, day, kind, holiday, promotion)
     select $1, day, kind, holiday, promotion from jsonb_to_recordset($2::jsonb)
       as t(day date, kind text, holiday text, promotion text)
     on conflict (workspace_id, day) do nothing`,
    [workspaceId, JSON.stringify(days)],
  )
  await tx.query(
    `update calendar_day d
     set kind = case when t.given ? 'kind' then t.given ->> 'kind' else d.kind end,
         holiday = case when t.given ? 'holiday' then t.given ->> 'holiday' else d.holiday end,
         promotion = case when t.given ? 'promotion' then t.given ->> 'promotion' else d.promotion end
     from jsonb_array_elements($2::jsonb) as t(given)
     where d.workspace_id = $1 and d.day = (t.given ->> 'day')::date`,
    [workspaceId, JSON.stringify(days)],
  )
  await dropPlainDays(tx, workspaceId)
  const { rows } = await tx.query<{ n: number }>(
    'select count(*)::int as n from calendar_day where workspace_id = $1',
    [workspaceId],
  )
  checkRoom('days of the calendar', '日历特殊日', rows[0]!.n, MOST_DAYS)
}

/**
 * Takes years from a built-in calendar: holidays and exchanged workdays of these years become what it says, promotions
 * stay. Answers the number of days.
 * @throws AppError CALENDAR_UNKNOWN when a year is not known
 */
export async function loadYears(
  tx: Tx,
  workspaceId: number,
  country: string,
  fromYear: number,
  toYear: number,
): Promise<number> {
  const known = builtInYears(country)
  const years = Array.from({ length: toYear - fromYear + 1 }, (_, at) => fromYear + at)
  const missing = years.filter((year) => !known.includes(year))
  if (missing.length > 0) {
    const span = known.length === 0 ? '' : `${known[0]}–${known.at(-1)}`
    throw new AppError('CALENDAR_UNKNOWN', { words: { country, years: missing.slice(0, 10).join(', '), known: span } })
  }
  await tx.query(
    `update calendar_day set kind = null, holiday = null
     where workspace_id = $1 and day between make_date($2, 1, 1) and make_date($3, 12, 31)`,
    [workspaceId, fromYear, toYear],
  )
  const days = years.flatMap((year) => builtInDays(country, year))
  await patchDays(tx, workspaceId, days)
  await markLoaded(tx, workspaceId, country, years)
  return days.length
}

/**
 * Gives a workspace the years of its country's calendar that it was not given yet; days somebody has set stay. Answers
 * whether anything changed.
 */
export async function loadNewYears(tx: Tx, workspaceId: number, timeZone: string): Promise<boolean> {
  const country = countryOfZone(timeZone)
  if (country === null) return false
  const { rows } = await tx.query<{ year: number }>(
    'select year from calendar_year where workspace_id = $1 and country = $2',
    [workspaceId, country],
  )
  const given = new Set(rows.map((row) => row.year))
  const years = builtInYears(country).filter((year) => !given.has(year))
  if (years.length === 0) return false
  await tx.query(
    `insert into calendar_day (workspace_id, day, kind, holiday)
     select $1, day, kind, holiday from jsonb_to_recordset($2::jsonb) as t(day date, kind text, holiday text)
     on conflict (workspace_id, day) do update set kind = excluded.kind, holiday = excluded.holiday
     where calendar_day.kind is null and calendar_day.holiday is null`,
    [workspaceId, JSON.stringify(years.flatMap((year) => builtInDays(country, year)))],
  )
  await markLoaded(tx, workspaceId, country, years)
  return true
}

async function markLoaded(tx: Tx, workspaceId: number, country: string, years: readonly number[]): Promise<void> {
  await tx.query(
    `insert into calendar_year (workspace_id, country, year) select $1, $2, year from unnest($3::int[]) as t(year)
     on conflict (workspace_id, country, year) do update set loaded_at = now()`,
    [workspaceId, country, years],
  )
}

async function dropPlainDays(tx: Tx, workspaceId: number): Promise<void> {
  await tx.query(
    `delete from calendar_day
     where workspace_id = $1 and kind is null and holiday is null and promotion is null`,
    [workspaceId],
  )
}
