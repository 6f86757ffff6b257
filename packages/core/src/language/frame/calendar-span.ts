import type { z } from 'zod'
import { parseSpan } from '../../kernel/span.js'
import type { Span } from '../document.js'
import { checked, REFUSED } from './checked.js'
import { described } from './described.js'
import { say } from './message.js'
import { show } from './zod-issues.js'

const CALENDAR = new Set(['d', 'w', 'mo', 'q', 'y'])

/** Whole days, weeks, months, quarters or years, for a window that is made of them. */
export function calendarSpan(window: 'complete' | 'coming'): z.ZodType<Span> {
  return described(
    checked((input, report) => {
      const parsed = typeof input === 'string' ? parseSpan(input) : null
      if (parsed && CALENDAR.has(parsed.unit)) return input as Span
      report(
        say(
          `${window} takes whole days, weeks, months, quarters or years, for example 3mo, not ${show(input)}`,
          `${window} 只能是整天、整周、整月、整季或整年，例如 3mo`,
        ),
      )
      return REFUSED
    }),
    { type: 'string', pattern: '^[1-9]\\d{0,8}(d|w|mo|q|y)$' },
  )
}
