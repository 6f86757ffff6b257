import { z } from 'zod'
import { parseSpan } from '../../kernel/span.js'
import type { Span } from '../document.js'
import { checked, REFUSED } from '../frame/checked.js'
import { say } from '../frame/message.js'
import { span } from '../frame/primitives.js'
import type { WindowModule } from '../frame/window-module.js'
import { show } from '../frame/zod-issues.js'

const CALENDAR = new Set(['d', 'w', 'mo', 'q', 'y'])

const calendarSpan: z.ZodType<Span> = checked((input, report) => {
  const parsed = typeof input === 'string' ? parseSpan(input) : null
  if (parsed && CALENDAR.has(parsed.unit)) return input as Span
  report(
    say(
      `complete takes whole days, weeks, months, quarters or years, for example 3mo, not ${show(input)}`,
      'complete 只能是整天、整周、整月、整季或整年，例如 3mo',
    ),
  )
  return REFUSED
})

/** Whole calendar units before the current one; the running unit is left out. */
export const complete: WindowModule<{ complete: Span; ago?: Span }> = {
  schema: () => z.strictObject({ complete: calendarSpan, ago: span.exactOptional() }),
  resolve: () => {},
  sentence: ({ complete: length, ago }, _scope, speaker) => {
    const [zh, en] = wholeUnits(length)
    if (ago === undefined) return speaker.pick(`前 ${zh}内`, `in the last ${en}`)
    const back = speaker.span(ago)
    return speaker.pick(`${back}前的前 ${zh}内`, `in the last ${en} as of ${back} ago`)
  },
}

function wholeUnits(length: Span): [zh: string, en: string] {
  const { count, unit } = parseSpan(length) ?? { count: 1, unit: 'd' as const }
  const words = {
    d: ['个整天', 'day'],
    w: ['个整周', 'week'],
    mo: ['个整月', 'month'],
    q: ['个整季度', 'quarter'],
    y: ['个整年', 'year'],
  } as const
  const [zh, en] = words[unit as keyof typeof words] ?? words.d
  return [`${count} ${zh}`, count === 1 ? `complete ${en}` : `${count} complete ${en}s`]
}
