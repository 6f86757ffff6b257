import { createRequire } from 'node:module'

/** A day that does not follow the week, as a country's government announced it. */
export interface BuiltInDay {
  /** 2026-10-01 */
  readonly day: string
  readonly kind: 'workday' | 'holiday'
  /** Name of the holiday; null on days worked in exchange. */
  readonly holiday: string | null
}

interface ChineseDays {
  /** day -> "National Day,国庆节,3" */
  readonly holidays: Readonly<Record<string, string>>
  readonly workdays: Readonly<Record<string, string>>
}

const require = createRequire(import.meta.url)
let china: ReadonlyMap<number, readonly BuiltInDay[]> | undefined

/** The years a country's calendar is known for, rising; empty for a country that is not built in. */
export function builtInYears(country: string): readonly number[] {
  return [...calendarOf(country).keys()]
}

/** The days of one year, rising; empty when they are not known. */
export function builtInDays(country: string, year: number): readonly BuiltInDay[] {
  return calendarOf(country).get(year) ?? []
}

/** The country whose calendar a new workspace of this time zone is given; null = none. */
export function countryOfZone(timeZone: string): string | null {
  return timeZone === 'Asia/Shanghai' ? 'CN' : null
}

function calendarOf(country: string): ReadonlyMap<number, readonly BuiltInDay[]> {
  if (country !== 'CN') return new Map()
  // Only the data of the package is read: its functions take days on the clock of the process.
  china ??= readChina(require('chinese-days/dist/chinese-days.json') as ChineseDays)
  return china
}

function readChina({ holidays, workdays }: ChineseDays): ReadonlyMap<number, readonly BuiltInDay[]> {
  const days: BuiltInDay[] = [
    ...Object.entries(holidays).map(
      ([day, name]): BuiltInDay => ({ day, kind: 'holiday', holiday: name.split(',')[1] ?? null }),
    ),
    ...Object.keys(workdays).map((day): BuiltInDay => ({ day, kind: 'workday', holiday: null })),
  ]
  days.sort((a, b) => (a.day < b.day ? -1 : 1))
  const years = new Map<number, BuiltInDay[]>()
  for (const day of days) {
    const year = Number(day.day.slice(0, 4))
    const ofYear = years.get(year)
    if (ofYear === undefined) years.set(year, [day])
    else ofYear.push(day)
  }
  return years
}
