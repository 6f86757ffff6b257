import { z } from 'zod'
import { digitsOf } from '../../kernel/decimal.js'
import { nearest } from '../../kernel/nearest.js'
import { parseSpan } from '../../kernel/span.js'
import { isInstantText } from '../../kernel/zone.js'
import type { Code, Id, InstantText, Literal, Span, Text } from '../document.js'
import { checked, REFUSED, type Report } from './checked.js'
import { anyOf, described, textOf } from './described.js'
import { type Message, say, sayNearest } from './message.js'
import { show } from './zod-issues.js'

/** The small parts that every head is made of. */

const LONGEST_ID = 64
const LONGEST_NAME = 200
const LONGEST_LITERAL = 1000
const LONGEST_CODE = 64

/** An id: text without spaces and slashes. */
export const id: z.ZodType<Id> = described(
  checked((input, report) => {
    const text = readText(input, report, LONGEST_ID)
    if (text === REFUSED) return REFUSED
    if (/[\s/\p{C}]/u.test(text)) {
      report(say('an id has no spaces and no slashes', '标识不能含空格或斜杠'))
      return REFUSED
    }
    return text
  }),
  textOf(LONGEST_ID),
)

/** A name from the catalogue (event, property, attribute, relation). */
export const catalogueName: z.ZodType<string> = described(
  checked((input, report) => readText(input, report, LONGEST_NAME)),
  textOf(LONGEST_NAME),
)

/** A text in one or two languages. */
export const text: z.ZodType<Text> = described(
  checked((input, report) => {
    if (typeof input === 'string') return readText(input, report, 2000)
    const read = z
      .strictObject({ zh: z.string().min(1).max(2000), en: z.string().min(1).max(2000).exactOptional() })
      .safeParse(input)
    if (read.success) return read.data
    report(say('a text is a string or { zh: …, en: … }', '文本应为字符串或 { zh: …, en: … }'))
    return REFUSED
  }),
  anyOf(textOf(2000), {
    type: 'object',
    properties: { zh: textOf(2000), en: textOf(2000) },
    required: ['zh'],
    additionalProperties: false,
  }),
)

/** A value's code; whole numbers are read as text. */
export const code: z.ZodType<Code> = described(
  checked((input, report) =>
    readText(typeof input === 'number' && Number.isSafeInteger(input) ? String(input) : input, report, LONGEST_CODE),
  ),
  anyOf(textOf(LONGEST_CODE), { type: 'integer' }),
)

/** A literal: text, number of at most 14 digits and 4 decimals, true or false. */
export const literal: z.ZodType<Literal> = described(
  checked((input, report) => readLiteral(input, report)),
  anyOf({ type: 'string', maxLength: LONGEST_LITERAL }, { type: 'number' }, { type: 'boolean' }),
)

/** As `literal`, for readers of larger things. */
export function readLiteral(input: unknown, report: Report, ...path: PropertyKey[]): Literal | typeof REFUSED {
  if (typeof input === 'boolean') return input
  if (typeof input === 'string') {
    if (input.length <= LONGEST_LITERAL) return input
    report(say(`a text has at most ${LONGEST_LITERAL} characters`, `文本最多 ${LONGEST_LITERAL} 个字符`), ...path)
    return REFUSED
  }
  if (typeof input === 'number') {
    const problem = numberProblem(input)
    if (problem === null) return input
    report(problem, ...path)
    return REFUSED
  }
  report(say('this must be a text, a number, true or false', '此处应为文本、数字、true 或 false'), ...path)
  return REFUSED
}

/** Why a number cannot stand in a definition, or null. */
export function numberProblem(value: number): Message | null {
  const digits = digitsOf(value)
  if (digits !== null && digits.total <= 14 && digits.decimals <= 4) return null
  return say('a number has at most 14 digits and 4 decimals', '数字最多 14 位、4 位小数')
}

/** A number of at most 14 digits and 4 decimals. */
export const number: z.ZodType<number> = described(
  checked((input, report) => {
    if (typeof input !== 'number') {
      report(
        say(input === undefined ? 'a number is missing' : `this must be a number, not ${show(input)}`, '此处应为数字'),
      )
      return REFUSED
    }
    const problem = numberProblem(input)
    if (problem === null) return input
    report(problem)
    return REFUSED
  }),
  { type: 'number' },
)

/** A length of time such as 30d. */
export const span: z.ZodType<Span> = described(
  checked((input, report) => {
    if (typeof input === 'string' && parseSpan(input)) return input
    const month = typeof input === 'string' && /^\d+m$/.test(input)
    report(
      say(
        `a span is number and unit (s min h d w mo q y), for example 30d${month ? '; m is refused: write min or mo' : `, not ${show(input)}`}`,
        `时长由数字和单位组成（s min h d w mo q y），例如 30d${month ? '；m 有歧义，请写 min 或 mo' : ''}`,
      ),
    )
    return REFUSED
  }),
  { type: 'string', pattern: '^[1-9]\\d{0,8}(s|min|h|d|w|mo|q|y)$' },
)

/** A day or an instant with offset. */
export const instantText: z.ZodType<InstantText> = described(
  checked((input, report) => {
    if (typeof input === 'string' && isInstantText(input)) return input
    report(
      say(
        'a moment is a day such as 2026-01-31 or a time with offset such as 2026-01-31T10:00+08:00',
        '时刻应写为日期（2026-01-31）或带时区的时间（2026-01-31T10:00+08:00）',
      ),
    )
    return REFUSED
  }),
  { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}(T.+)?$' },
)

/** One of a few words, with the nearest one in the message. */
export function oneOf<const W extends string>(words: readonly W[]): z.ZodType<W> {
  return described(
    checked((input, report) => {
      if (words.includes(input as W)) return input as W
      const near = typeof input === 'string' ? nearest(input, words) : undefined
      report(
        sayNearest(
          `${show(input)} is not one of ${words.join(', ')}`,
          `${show(input)} 不是可选值：${words.join('、')}`,
          near,
        ),
      )
      return REFUSED
    }),
    { enum: [...words] },
  )
}

function readText(input: unknown, report: Report, longest: number): string | typeof REFUSED {
  if (typeof input === 'string' && input.trim() !== '' && input.length <= longest) return input
  report(
    typeof input === 'string' && input.trim() === ''
      ? say('this text is empty', '此处文本为空')
      : typeof input === 'string'
        ? say(`this text has more than ${longest} characters`, `此处文本超过 ${longest} 个字符`)
        : say(input === undefined ? 'a text is missing' : `this must be a text, not ${show(input)}`, '此处应为文本'),
  )
  return REFUSED
}
