import { z } from 'zod'
import { TextShape } from './catalogue.js'
import { endpoint } from './endpoint.js'

const inWorkspace = ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'] as const
const Year = z.coerce.number().int().min(1900).max(2299)
/** A local day of the workspace: 2026-10-01. */
const Day = z.iso.date().refine((day) => day >= '1900-01-01' && day <= '2299-12-31', 'a day of 1900 to 2299')
const Name = z.string().trim().min(1).max(100)
const DayKind = z.enum(['workday', 'restday', 'holiday'])
const Changed = z.object({ days: z.number().int() })

/** A day that does not follow the week, or that has a promotion. */
export const CalendarDayShape = z
  .object({
    day: z.string(),
    /** null: Saturday and Sunday are days of rest, the others workdays. */
    kind: DayKind.nullable(),
    holiday: z.string().nullable(),
    promotion: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'CalendarDay' })

/** A day as it is sent; a field that is left out stays as it is, null takes it away. */
const DayGiven = z.strictObject({
  day: Day,
  kind: DayKind.nullable().optional(),
  holiday: Name.nullable().optional(),
  promotion: Name.nullable().optional(),
})
const MOST_DAYS = 5_000
const DaysGiven = z
  .array(DayGiven)
  .max(MOST_DAYS)
  .refine((days) => new Set(days.map(({ day }) => day)).size === days.length, 'a day is given twice')

export const CalendarPeriod = z
  .object({
    id: z.string(),
    name: TextShape,
    /** Local days, both included. */
    from: z.string(),
    to: z.string(),
    /** What the calendar calls its days: `clock: promotion`. null: it is no promotion. */
    promotion: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'CalendarPeriod' })

/** Years from, years to: both included. */
const Years = { from: Year, to: Year }
const inOrder = ({ from, to }: { from: number | string; to: number | string }) => from <= to
const MOST_PROMOTION_DAYS = 366

export const showCalendar = endpoint({
  id: 'showCalendar',
  stage: 'tag',
  method: 'GET',
  path: '/calendar',
  summary: { zh: '工作日历：特殊日与时段', en: 'The workspace calendar: days that are special, and periods' },
  access: 'read',
  query: z.strictObject(Years),
  response: z.object({ days: z.array(CalendarDayShape), periods: z.array(CalendarPeriod) }),
  errors: inWorkspace,
})

export const replaceCalendarDays = endpoint({
  id: 'replaceCalendarDays',
  stage: 'tag',
  method: 'PUT',
  path: '/calendar/days',
  summary: {
    zh: '替换若干年内的全部特殊日',
    en: 'Make these the only special days of the years',
  },
  access: 'write',
  body: z
    .strictObject({ ...Years, days: DaysGiven })
    .refine(inOrder, { path: ['to'], error: 'to lies before from' })
    .refine(
      ({ from, to, days }) =>
        days.every(
          ({ day }) =>
            inOrder({ from: `${from}`, to: day.slice(0, 4) }) && inOrder({ from: day.slice(0, 4), to: `${to}` }),
        ),
      {
        path: ['days'],
        error: 'a day lies outside of the years',
      },
    ),
  response: Changed,
  errors: [...inWorkspace, 'CATALOG_FULL'],
})

export const editCalendarDays = endpoint({
  id: 'editCalendarDays',
  stage: 'tag',
  method: 'PATCH',
  path: '/calendar/days',
  summary: { zh: '修改部分日期，其余不变', en: 'Change some days, the others stay' },
  access: 'write',
  body: z.strictObject({ days: DaysGiven }),
  response: Changed,
  errors: [...inWorkspace, 'CATALOG_FULL'],
})

export const loadCalendar = endpoint({
  id: 'loadCalendar',
  stage: 'tag',
  method: 'POST',
  path: '/calendar/load',
  summary: {
    zh: '载入内置的法定节假日与调休（促销日保留）',
    en: 'Take public holidays and exchanged workdays from the built-in calendar; promotions stay',
  },
  access: 'write',
  body: z
    .strictObject({ country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters'), ...Years })
    .refine(inOrder, { path: ['to'], error: 'to lies before from' }),
  response: Changed,
  errors: [...inWorkspace, 'CALENDAR_UNKNOWN', 'CATALOG_FULL'],
})

export const savePeriod = endpoint({
  id: 'savePeriod',
  stage: 'tag',
  method: 'PUT',
  path: '/calendar/periods/{id}',
  summary: { zh: '新建或修改时段（大促、学期）', en: 'Add or change a period (promotion, school term)' },
  access: 'write',
  params: z.strictObject({ id: z.string().regex(/^[^\s/\p{C}]{1,64}$/u, 'no spaces, no slashes, at most 64') }),
  body: z
    .strictObject({ name: TextShape, from: Day, to: Day, promotion: Name.nullable().default(null) })
    .refine(inOrder, { path: ['to'], error: 'to lies before from' })
    .refine(
      ({ from, to, promotion }) =>
        promotion === null || Date.parse(to) - Date.parse(from) < MOST_PROMOTION_DAYS * 86_400_000,
      { path: ['to'], error: `a promotion has at most ${MOST_PROMOTION_DAYS} days` },
    ),
  response: CalendarPeriod,
  errors: [...inWorkspace, 'CATALOG_FULL'],
})

export const removePeriod = endpoint({
  id: 'removePeriod',
  stage: 'tag',
  method: 'DELETE',
  path: '/calendar/periods/{id}',
  summary: { zh: '删除时段', en: 'Remove a period' },
  access: 'write',
  params: z.strictObject({ id: z.string().max(64) }),
  status: 204,
  errors: [...inWorkspace, 'NOT_FOUND', 'IN_USE'],
})

export const CALENDAR_ENDPOINTS = [
  showCalendar,
  replaceCalendarDays,
  editCalendarDays,
  loadCalendar,
  savePeriod,
  removePeriod,
] as const
