import type { z } from 'zod'
import type { EventValue, ListOperand, Value } from '../document.js'
import { checked, REFUSED } from '../frame/checked.js'
import { anyOf, described } from '../frame/described.js'
import { say } from '../frame/message.js'
import { id, literal, readLiteral } from '../frame/primitives.js'
import type { Scope } from '../frame/scope.js'
import type { Speaker } from '../frame/speaker.js'
import { valueHeadOf } from '../frame/which.js'
import { messagesOf } from '../frame/zod-issues.js'

const MOST_LITERALS = 1000
const MOST_SAID = 10

/** A list of literals, an uploaded list, or a value that is a list. */
export function listOperandSchema(value: z.ZodType<Value | EventValue>): z.ZodType<ListOperand> {
  return described(
    checked((input, report) => {
      if (Array.isArray(input)) {
        if (input.length === 0) report(say('this list is empty', '此列表为空'))
        if (input.length > MOST_LITERALS) {
          report(
            say(
              `a list has at most ${MOST_LITERALS} literals: upload it as a list`,
              `列表最多 ${MOST_LITERALS} 项：请上传为名单`,
            ),
          )
          return REFUSED
        }
        const literals = input.map((one, index) => readLiteral(one, report, index))
        return literals.length === 0 || literals.includes(REFUSED)
          ? REFUSED
          : (literals as Exclude<(typeof literals)[number], typeof REFUSED>[])
      }
      if (typeof input === 'object' && input !== null) {
        const isUploaded = 'list' in input && Object.keys(input).length === 1
        const read = isUploaded ? id.safeParse(input.list) : value.safeParse(input)
        if (read.success) return isUploaded ? { list: read.data as string } : (read.data as Value)
        const name = isUploaded ? ['list'] : []
        for (const { path, message } of messagesOf(read.error.issues, { name: 'list', fields: ['list'] }, input)) {
          report(message, ...name, ...path)
        }
        return REFUSED
      }
      const written = typeof input === 'string' || typeof input === 'number' ? `[${input}]` : '[…]'
      report(say(`a list is needed here: write ${written}`, `此处需要列表：请写 ${written}`))
      return REFUSED
    }),
    (json) =>
      anyOf(
        { type: 'array', items: json(literal), minItems: 1, maxItems: MOST_LITERALS },
        { type: 'object', properties: { list: json(id) }, required: ['list'], additionalProperties: false },
        json(value),
      ),
  )
}

/** A list operand in words. */
export function sayListOperand(right: ListOperand, joiner: 'and' | 'or', scope: Scope, speaker: Speaker): string {
  if (Array.isArray(right)) {
    const said = right.slice(0, MOST_SAID).map((literal) => speaker.literal(literal))
    const more = right.length - said.length
    const text = speaker.list(said, joiner)
    return more === 0 ? text : speaker.pick(`${text}等 ${right.length} 项`, `${text} (${more} more)`)
  }
  if (valueHeadOf(right) === null) {
    const list = (right as { list: string }).list
    const label = speaker.label(speaker.catalog.lists.get(list)?.labels ?? list)
    return speaker.pick(`名单“${label}”中的值`, `one of the list "${label}"`)
  }
  return scope.stream === null ? speaker.value(right as Value, scope) : speaker.eventValue(right as EventValue, scope)
}
