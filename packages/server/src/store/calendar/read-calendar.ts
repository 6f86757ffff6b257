import type { CalendarDay, Catalog, PeriodEntry } from '@tagtree/core/catalog/catalog'
import { dayNumberOf, parseCivilDate, weekdayOf } from '@tagtree/core/kernel/calendar'
import { startOfLocalDay, type Zone } from '@tagtree/core/kernel/zone'
import type { Tx } from '../postgres.js'
import { readDays, type StoredDay } from './calendar-days.js'
import { readPeriods, type StoredPeriod } from './periods.js'

/** The calendar as a snapshot of names has it. */
export async function readCalendar(
  tx: Tx,
  workspaceId: number,
  zone: Zone,
): Promise<Pick<Catalog, 'calendar' | 'periods'>> {
  const days = await readDays(tx, workspaceId, 1, 9999)
  const periods = await readPeriods(tx, workspaceId)
  return {
    calendar: layDays(days, periods),
    periods: new Map(periods.map((period) => [period.id, toEntry(period, zone)])),
  }
}

/**
 * What is special about each local day: what is said of the day itself, and the promotion of the stretches that hold it.
 * Of several stretches the one that began last names the day, of equal ones the first by id; the day's own word wins.
 */
export function layDays(days: readonly StoredDay[], periods: readonly StoredPeriod[]): Map<number, CalendarDay> {
  const laid = new Map<number, CalendarDay>()
  const byBeginning = [...periods].sort((a, b) =>
    a.from === b.from ? (a.id < b.id ? 1 : -1) : a.from < b.from ? -1 : 1,
  )
  for (const { from, to, promotion } of byBeginning) {
    if (promotion === null) continue
    for (let day = numberOf(from); day <= numberOf(to); day++) {
      laid.set(day, { kind: kindOfWeek(day), holiday: null, promotion })
    }
  }
  for (const { day, kind, holiday, promotion } of days) {
    const number = numberOf(day)
    laid.set(number, {
      kind: kind ?? kindOfWeek(number),
      holiday,
      promotion: promotion ?? laid.get(number)?.promotion ?? null,
    })
  }
  return laid
}

function toEntry({ id, labels, from, to }: StoredPeriod, zone: Zone): PeriodEntry {
  return { id, labels, from: startOfLocalDay(zone, numberOf(from)), to: startOfLocalDay(zone, numberOf(to) + 1) }
}

/** Saturday and Sunday are days of rest. */
function kindOfWeek(day: number): CalendarDay['kind'] {
  return weekdayOf(day) >= 6 ? 'restday' : 'workday'
}

function numberOf(day: string): number {
  return dayNumberOf(parseCivilDate(day)!)
}
