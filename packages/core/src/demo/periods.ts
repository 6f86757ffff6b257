import { businessCalendar, dateOf, dayText, type LocalDay, promotionOn } from './calendar.js'

/** A promotion of the shop as a period of the workspace calendar. */
export interface DemoPeriod {
  readonly id: string
  readonly name: { readonly zh: string; readonly en: string }
  /** Local days, both included: 2025-11-01. */
  readonly from: string
  readonly to: string
  readonly promotion: string
}

const NAMES: Readonly<Record<string, readonly [key: string, en: string]>> = {
  年货节: ['new_year', 'New Year sale'],
  '618': ['six18', '618 sale'],
  双11: ['double11', 'Double 11'],
  双12: ['double12', 'Double 12'],
  女神节: ['goddess', 'Goddess Day sale'],
}
const DAYS_AHEAD = 400

/** The shop's promotions from the beginning of its history until a year after `now`, by their beginning. */
export function demoPeriods(nowMs: number): DemoPeriod[] {
  const { firstDay, lastDay } = businessCalendar(nowMs)
  const periods: DemoPeriod[] = []
  const nameOf = (day: LocalDay): string | null => promotionOn(day)?.name ?? null
  for (let day = firstDay; day <= lastDay + DAYS_AHEAD; day++) {
    const promotion = nameOf(day)
    if (promotion === null) continue
    let [first, last] = [day, day]
    // The history may begin inside of one.
    while (nameOf(first - 1) === promotion) first--
    while (nameOf(last + 1) === promotion) last++
    const { year } = dateOf(last)
    const [key, en] = NAMES[promotion] as (typeof NAMES)[string]
    periods.push({
      id: `${key}_${year}`,
      name: { zh: `${year} ${promotion}`, en: `${en} ${year}` },
      from: dayText(first),
      to: dayText(last),
      promotion,
    })
    day = last
  }
  return periods
}
