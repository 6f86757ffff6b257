import type { Catalog } from '@tagtree/core/catalog/catalog'
import { instantOfLocal, localDayNumber, type Zone, zoneOf } from '@tagtree/core/kernel/zone'
import type { Refresh } from '@tagtree/core/language/document'

const hourMs = 3_600_000
/** When the day's run begins, after whatever closed the day before has arrived. */
const dailyHour = 2

/**
 * The next moment (ms) at which a tag is due by its refresh, null when none refreshes by itself. Without a word a tag is
 * refreshed daily at 02:00 of the workspace.
 */
export function nextRefresh(catalog: Catalog, now: number): number | null {
  const zone = zoneOf(catalog.timeZone)
  const moments = [...catalog.definitions.values()].flatMap((entry) => {
    const body = entry.body
    if (entry.archived || (body.kind !== 'tag' && body.kind !== 'segment')) return []
    return nextOf(body.refresh ?? 'daily', zone, now)
  })
  return moments.length === 0 ? null : Math.min(...moments)
}

function nextOf(refresh: Refresh, zone: Zone, now: number): number[] {
  if (refresh === 'manual') return []
  if (refresh === 'hourly' || refresh === 'realtime') return [nextHour(now)]
  if (typeof refresh === 'object' && refresh.every === 'hour') return [nextHour(now)]
  const at = typeof refresh === 'object' && refresh.at !== undefined ? refresh.at : `0${dailyHour}:00`
  const [hours = dailyHour, minutes = 0] = at.split(':').map(Number)
  // Weekly and monthly tags also run on days between: their cuts keep their own schedule, so values stay comparable.
  return [nextLocalTime(zone, now, hours * 60 + minutes)]
}

function nextHour(now: number): number {
  return Math.floor(now / hourMs) * hourMs + hourMs
}

/** The next moment (ms) after `now` at which clocks of the zone show this minute of a day. */
export function nextLocalTime(zone: Zone, now: number, minuteOfDay: number): number {
  const today = localDayNumber(zone, now)
  for (const day of [today, today + 1]) {
    const moment = instantOfLocal(zone, day * 86_400_000 + minuteOfDay * 60_000)
    if (moment > now) return moment
  }
  return now + 24 * hourMs
}
