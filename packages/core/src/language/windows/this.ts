import { z } from 'zod'
import { parseSpan } from '../../kernel/span.js'
import type { CalendarUnit, Span } from '../document.js'
import { CALENDAR_UNITS } from '../frame/at-schema.js'
import { oneOf, span } from '../frame/primitives.js'
import type { WindowModule } from '../frame/window-module.js'

const ZH: Readonly<Record<CalendarUnit, string>> = {
  day: '今天',
  week: '本周',
  month: '本月',
  quarter: '本季度',
  year: '今年',
}
const ZH_BEFORE: Readonly<Record<CalendarUnit, string>> = {
  day: '昨天',
  week: '上周',
  month: '上月',
  quarter: '上季度',
  year: '去年',
}
const ZH_UNIT: Readonly<Record<CalendarUnit, string>> = {
  day: '当天',
  week: '当周',
  month: '当月',
  quarter: '当季',
  year: '当年',
}
const SPAN_OF: Readonly<Record<CalendarUnit, string>> = { day: 'd', week: 'w', month: 'mo', quarter: 'q', year: 'y' }

/** The running calendar unit: for events from its start to now, for dates the whole unit. */
export const thisUnit: WindowModule<{ this: CalendarUnit; ago?: Span }> = {
  schema: () => z.strictObject({ this: oneOf(CALENDAR_UNITS), ago: span.exactOptional() }),
  resolve: () => {},
  sentence: ({ this: unit, ago }, _scope, speaker, purpose) => {
    if (ago === undefined) return speaker.pick(ZH[unit], unit === 'day' ? 'today' : `this ${unit}`)
    const parsed = parseSpan(ago)
    const oneBack = parsed?.count === 1 && parsed.unit === SPAN_OF[unit]
    if (purpose === 'dates') {
      return oneBack
        ? speaker.pick(ZH_BEFORE[unit], unit === 'day' ? 'yesterday' : `last ${unit}`)
        : speaker.pick(`${speaker.span(ago)}前的${ZH_UNIT[unit]}`, `in the ${unit} ${speaker.span(ago)} ago`)
    }
    return oneBack
      ? speaker.pick(
          `${ZH_BEFORE[unit]}同期`,
          unit === 'day' ? 'up to this time yesterday' : `in the same part of last ${unit}`,
        )
      : speaker.pick(
          `${speaker.span(ago)}前${ZH_UNIT[unit]}同期`,
          `in the same part of the ${unit} ${speaker.span(ago)} ago`,
        )
  },
}
