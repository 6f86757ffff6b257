/** The shop lives at UTC+8 without daylight saving (Asia/Shanghai since 1991), so local time is plain arithmetic. */
const OFFSET_MS = 8 * 3_600_000
/** Milliseconds of a day. */
export const DAY_MS = 86_400_000
/** Days of history the demo has: 18 months. */
export const HISTORY_DAYS = 548

/** Days since 1970-01-01 in local time. */
export type LocalDay = number

/** The local day an instant falls on. */
export function localDayOf(instantMs: number): LocalDay {
  return Math.floor((instantMs + OFFSET_MS) / DAY_MS)
}

/** The instant a local day begins. */
export function startOfDay(day: LocalDay): number {
  return day * DAY_MS - OFFSET_MS
}

/** Year, month 1…12, day 1…31, weekday 0 = Sunday of a local day. */
export function dateOf(day: LocalDay): { year: number; month: number; date: number; weekday: number } {
  const utc = new Date(day * DAY_MS)
  return { year: utc.getUTCFullYear(), month: utc.getUTCMonth() + 1, date: utc.getUTCDate(), weekday: utc.getUTCDay() }
}

/** The local day of a date. */
export function dayOf(year: number, month: number, date: number): LocalDay {
  return Math.round(Date.UTC(year, month - 1, date) / DAY_MS)
}

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`)

/** 2026-01-31 of a local day. */
export function dayText(day: LocalDay): string {
  const { year, month, date } = dateOf(day)
  return `${year}-${two(month)}-${two(date)}`
}

/** 2026-01-31 20:15:09, the local time of an instant, as shop systems print it. */
export function localTimeText(instantMs: number): string {
  const day = localDayOf(instantMs)
  const seconds = Math.floor((instantMs - startOfDay(day)) / 1000)
  return `${dayText(day)} ${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

/** First day of the Spring Festival holiday by year. A year that is not listed has no festival wave. */
const SPRING_FESTIVAL: Readonly<Record<number, readonly [month: number, date: number]>> = {
  2022: [2, 1],
  2023: [1, 22],
  2024: [2, 10],
  2025: [1, 29],
  2026: [2, 17],
  2027: [2, 6],
  2028: [1, 26],
  2029: [2, 13],
  2030: [2, 3],
  2031: [1, 23],
  2032: [2, 11],
  2033: [1, 31],
  2034: [2, 19],
  2035: [2, 8],
  2036: [1, 28],
}

/** Share of a usual day's business that weekdays see, Sunday first. */
const WEEKDAY = [1.14, 0.91, 0.9, 0.92, 0.96, 1.05, 1.13] as const

/** A sales promotion of the shop: how much more is sold, and its name on vouchers. */
export interface Promotion {
  readonly name: string
  readonly factor: number
}

/** The promotion that runs on a local day, if any. */
export function promotionOn(day: LocalDay): Promotion | null {
  const { year, month, date } = dateOf(day)
  const festival = festivalDistance(day, year)
  if (festival !== null && festival >= -18 && festival <= -4) return { name: '年货节', factor: 1.7 }
  if (month === 6 && date <= 20) return { name: '618', factor: date >= 16 && date <= 18 ? 3.1 : 1.4 }
  if (month === 11 && date <= 12) return { name: '双11', factor: date >= 10 && date <= 11 ? 4.2 : 1.5 }
  if (month === 12 && date >= 10 && date <= 12) return { name: '双12', factor: 1.9 }
  if (month === 3 && date >= 5 && date <= 8) return { name: '女神节', factor: 1.6 }
  return null
}

/** Relative business of a local day: weekday × season × promotion, with the quiet week of the Spring Festival. */
export function dayWeight(day: LocalDay): number {
  const { year, month, weekday } = dateOf(day)
  const season = 1 + 0.07 * Math.cos((2 * Math.PI * (month - 11.5)) / 12)
  const festival = festivalDistance(day, year)
  const quiet = festival !== null && festival >= -1 && festival <= 6 ? 0.45 : 1
  return (WEEKDAY[weekday] as number) * season * quiet * (promotionOn(day)?.factor ?? 1)
}

/** Days since the first day of this year's Spring Festival, negative before it. */
function festivalDistance(day: LocalDay, year: number): number | null {
  const festival = SPRING_FESTIVAL[year]
  return festival === undefined ? null : day - dayOf(year, festival[0], festival[1])
}

/**
 * Business time: a clock that runs faster on busy days, mean speed 1. Customers' habits are Poisson in business time,
 * which gives every one of them the shop's seasons.
 */
export interface BusinessCalendar {
  readonly firstDay: LocalDay
  /** The day of `now`; business ends inside it. */
  readonly lastDay: LocalDay
  /** Business time at the end of the history; business time 0 is the start of `firstDay`. */
  readonly end: number
  /** The local day on which a business time falls. */
  dayAt(businessTime: number): LocalDay
}

/** The business calendar of the `HISTORY_DAYS` that end at `now`. */
export function businessCalendar(nowMs: number): BusinessCalendar {
  const lastDay = localDayOf(nowMs)
  const firstDay = lastDay - HISTORY_DAYS + 1
  const weights = Array.from({ length: HISTORY_DAYS }, (_, i) => dayWeight(firstDay + i))
  weights[HISTORY_DAYS - 1] = (weights[HISTORY_DAYS - 1] as number) * ((nowMs - startOfDay(lastDay)) / DAY_MS)
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / HISTORY_DAYS
  const ends: number[] = []
  weights.reduce((sum, weight, i) => {
    ends[i] = sum + weight / mean
    return ends[i] as number
  }, 0)
  return {
    firstDay,
    lastDay,
    end: ends[HISTORY_DAYS - 1] as number,
    dayAt(businessTime) {
      let low = 0
      let high = HISTORY_DAYS - 1
      while (low < high) {
        const middle = (low + high) >> 1
        if ((ends[middle] as number) > businessTime) high = middle
        else low = middle + 1
      }
      return firstDay + low
    },
  }
}
