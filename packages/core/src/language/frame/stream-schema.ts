import type { z } from 'zod'
import { nearest } from '../../kernel/nearest.js'
import type { Stream } from '../document.js'
import { checked, REFUSED, type Report } from './checked.js'
import { anyOf, described, textOf } from './described.js'
import { say, sayNearest } from './message.js'
import { catalogueName } from './primitives.js'
import { unknownField } from './zod-issues.js'

const MOST_EVENTS = 50
/** Whose changes can be a stream. */
export const CHANGED = ['attr', 'tag', 'segment', 'list', 'relation'] as const

/** Events by name, any, or changes. */
export const stream: z.ZodType<Stream> = described(
  checked(readStream),
  anyOf(
    textOf(200),
    { type: 'array', items: textOf(200), minItems: 1, maxItems: MOST_EVENTS, uniqueItems: true },
    {
      type: 'object',
      properties: {
        changes: {
          type: 'object',
          properties: Object.fromEntries(CHANGED.map((kind) => [kind, textOf(200)])),
          minProperties: 1,
          maxProperties: 1,
          additionalProperties: false,
        },
      },
      required: ['changes'],
      additionalProperties: false,
    },
  ),
)

function readStream(input: unknown, report: Report): Stream | typeof REFUSED {
  if (typeof input === 'string') return readEventName(input, report)
  if (Array.isArray(input)) {
    if (input.length === 0 || input.length > MOST_EVENTS) {
      report(say(`a stream names 1 to ${MOST_EVENTS} events`, `一个事件流写 1 到 ${MOST_EVENTS} 个事件`))
      return REFUSED
    }
    const names = input.map((name, index) => readEventName(name, report, index))
    const seen = new Set<unknown>()
    for (const [index, name] of names.entries()) {
      if (name !== REFUSED && seen.has(name)) report(say(`"${name}" is named twice`, `“${name}”写了两次`), index)
      seen.add(name)
    }
    return names.includes(REFUSED) || seen.size !== names.length ? REFUSED : (names as string[])
  }
  if (typeof input === 'object' && input !== null) return readChanges(input, report)
  report(
    say(
      'did names an event, a list of events, any or { changes: … }',
      'did 应为事件名、事件列表、any 或 { changes: … }',
    ),
  )
  return REFUSED
}

function readEventName(input: unknown, report: Report, ...path: PropertyKey[]): string | typeof REFUSED {
  const read = catalogueName.safeParse(input)
  if (read.success) return read.data
  report(say('the name of an event is needed here', '此处需要事件名'), ...path)
  return REFUSED
}

function readChanges(input: object, report: Report): Stream | typeof REFUSED {
  for (const key of Object.keys(input)) {
    if (key !== 'changes') report(unknownField(key, { name: 'did', fields: ['changes'] }), key)
  }
  const changes = 'changes' in input ? input.changes : undefined
  const keys = typeof changes === 'object' && changes !== null ? Object.keys(changes) : []
  const [kind] = keys
  if (keys.length !== 1 || !(CHANGED as readonly string[]).includes(kind as string)) {
    const near = kind === undefined ? undefined : nearest(kind, CHANGED)
    report(
      sayNearest(
        `changes is one of ${CHANGED.map((one) => `{ ${one}: … }`).join(', ')}`,
        `changes 应为 ${CHANGED.map((one) => `{ ${one}: … }`).join('、')} 之一`,
        near,
      ),
      'changes',
    )
    return REFUSED
  }
  const name = readEventName((changes as Record<string, unknown>)[kind as string], report, 'changes', kind as string)
  return name === REFUSED || Object.keys(input).length !== 1
    ? REFUSED
    : ({ changes: { [kind as string]: name } } as unknown as Stream)
}
