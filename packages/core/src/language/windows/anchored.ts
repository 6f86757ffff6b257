import { z } from 'zod'
import { parseSpan } from '../../kernel/span.js'
import { addSpan, parseInstant, zoneOf } from '../../kernel/zone.js'
import type { AnchoredWindow, InstantText, Value } from '../document.js'
import { checked, REFUSED, rule } from '../frame/checked.js'
import { anyOf, described } from '../frame/described.js'
import { say } from '../frame/message.js'
import type { Parts } from '../frame/parts.js'
import { instantText, span } from '../frame/primitives.js'
import type { Resolving } from '../frame/resolving.js'
import { MOST_NESTED, type Scope } from '../frame/scope.js'
import type { Speaker } from '../frame/speaker.js'
import type { WindowModule } from '../frame/window-module.js'
import { messagesOf } from '../frame/zod-issues.js'

/** A stretch that hangs on a date of the subject or on a fixed day. */
export const anchored: WindowModule<AnchoredWindow> = {
  schema: (parts) => {
    const edge = edgeSchema(parts)
    return z
      .strictObject({
        from: edge.exactOptional(),
        after: edge.exactOptional(),
        to: edge.exactOptional(),
        skip: span.exactOptional(),
        for: span.exactOptional(),
      })
      .check(
        rule((window, report) => {
          const starts = window.from !== undefined || window.after !== undefined
          if (window.from !== undefined && window.after !== undefined) {
            report(
              say('from and after both set the start: keep one', 'from 与 after 都在设定起点：只保留一个'),
              'after',
            )
          }
          if (starts && window.to !== undefined && window.for !== undefined) {
            report(say('to and for both set the end: keep one', 'to 与 for 都在设定终点：只保留一个'), 'for')
          }
          if (window.skip !== undefined && !starts) {
            report(say('skip moves the start: it needs from or after', 'skip 用来移动起点：需要 from 或 after'), 'skip')
          }
        }),
      )
  },
  resolve: (window, at, scope, resolving) => {
    const anchors = (scope.anchors ?? 0) + 1
    if (anchors > MOST_NESTED) {
      resolving.report(at, say('windows hang on each other two levels deep at most', '锚定窗口最多嵌套两层'))
      return
    }
    for (const name of ['from', 'after', 'to'] as const) {
      const edge = window[name]
      if (typeof edge !== 'object') continue
      const type = resolving.value(edge, `${at}/${name}`, { ...scope, stream: null, anchors })
      if (type === null || type.kind === 'date') continue
      resolving.report(
        `${at}/${name}`,
        say(
          'a window edge is a date, for example get: firstAt or get: lastAt',
          '窗口的边界应为日期，例如 get: firstAt 或 get: lastAt',
        ),
      )
    }
    checkEnds(window, at, resolving)
  },
  sentence: (window, scope, speaker) => sayAnchored(window, scope, speaker),
}

/** Two fixed ends the wrong way round hold nothing, whoever is asked. */
function checkEnds({ from, after, to, skip }: AnchoredWindow, at: string, resolving: Resolving): void {
  const start = from ?? after
  if (typeof start !== 'string' || typeof to !== 'string') return
  const zone = zoneOf(resolving.catalog.timeZone)
  const [begin, end] = [parseInstant(zone, start), parseInstant(zone, to)]
  if (begin === null || end === null) return
  const moved = skip === undefined ? begin : addSpan(zone, begin, parseSpan(skip)!)
  if (moved >= end) resolving.report(`${at}/to`, say('this window ends before it begins', '此窗口的终点早于起点'))
}

function edgeSchema({ value }: Parts): z.ZodType<InstantText | Value> {
  return described(
    checked((input, report) => {
      const schema: z.ZodType<InstantText | Value> = typeof input === 'object' && input !== null ? value : instantText
      const read = schema.safeParse(input)
      if (read.success) return read.data
      for (const { path, message } of messagesOf(read.error.issues, { name: 'window', fields: [] }, input)) {
        report(message, ...path)
      }
      return REFUSED
    }),
    (json) => anyOf(json(instantText), json(value)),
  )
}

function sayAnchored(window: AnchoredWindow, scope: Scope, speaker: Speaker): string {
  const say = (edge: InstantText | Value) =>
    typeof edge === 'string' ? edge : speaker.value(edge, { ...scope, stream: null })
  const length = window.for === undefined ? null : speaker.span(window.for)
  const start = window.from ?? window.after
  if (start === undefined) {
    const end = say(window.to ?? '')
    return length === null
      ? speaker.pick(`${end}之前`, `before ${end}`)
      : speaker.pick(`${end}之前 ${length}内`, `in the ${length} before ${end}`)
  }
  const skip =
    window.skip === undefined ? '' : speaker.pick(`满 ${speaker.span(window.skip)}`, `${speaker.span(window.skip)} `)
  const anchor =
    window.from === undefined
      ? speaker.pick(`${say(start)}之后`, `${skip}after ${say(start)}`)
      : speaker.pick(`${say(start)}起`, `${skip}from ${say(start)}`)
  const begin = speaker.pick(`${anchor}${skip}`, anchor)
  if (window.to !== undefined) return speaker.pick(`${begin}至${say(window.to)}`, `${begin} to ${say(window.to)}`)
  return length === null
    ? begin
    : speaker.pick(
        `${begin}${skip === '' ? ' ' : '后的 '}${length}内`,
        `within ${length} ${skip === '' ? '' : 'beginning '}${begin}`,
      )
}
