import { z } from 'zod'
import { parseSpan } from '../../kernel/span.js'
import type { Span } from '../document.js'
import { calendarSpan } from '../frame/calendar-span.js'
import { span } from '../frame/primitives.js'
import type { WindowModule } from '../frame/window-module.js'

/** Whole calendar units before the current one; the running unit is left out. */
export const complete: WindowModule<{ complete: Span; ago?: Span }> = {
  schema: () => z.strictObject({ complete: calendarSpan('complete'), ago: span.exactOptional() }),
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
