import { z } from 'zod'
import type { Text } from '../language/document.js'
import { checked, REFUSED, type Report, rule } from '../language/frame/checked.js'
import { say } from '../language/frame/message.js'
import type { ObjectSchema } from '../language/frame/parts.js'
import { id, instantText, literal, oneOf, span, text } from '../language/frame/primitives.js'
import { readObject } from '../language/frame/read-object.js'
import type {
  PlanTest,
  StatedFit,
  StatedFits,
  TestChange,
  TestEvent,
  TestGiven,
  TestMoment,
  TestValue,
} from './plan.js'

/** A category as it is written: what is in it stands below it. */
export interface WrittenCategory {
  readonly id: string
  readonly name: Text
  readonly theme?: string | undefined
  readonly note?: Text | undefined
  readonly categories?: readonly unknown[] | undefined
}

/** Ids that stand in addresses: a letter, then letters, digits and underscores. */
const ADDRESSABLE = /^[\p{L}_][\p{L}\p{N}_]{0,63}$/u

/** Why an id cannot be used in the catalogue, or null. */
export function idProblem(written: string) {
  return ADDRESSABLE.test(written)
    ? null
    : say(
        'an id begins with a letter and has letters, digits and _ only, at most 64',
        '标识以字母或汉字开头，只含字母、汉字、数字和下划线，最多 64 个字符',
      )
}

const categoryId = checked<string>((input, report) => {
  const read = id.safeParse(input)
  if (!read.success) {
    report(say('a category needs an id', '目录需要标识'))
    return REFUSED
  }
  const problem = idProblem(read.data)
  if (problem === null) return read.data
  report(problem)
  return REFUSED
})

/** The fields of one category; those below it are read by the caller. */
export const CATEGORY: ObjectSchema<WrittenCategory> = z.strictObject({
  id: categoryId,
  name: text,
  theme: z.string().min(1).max(100).exactOptional(),
  note: text.exactOptional(),
  categories: z.array(z.unknown()).exactOptional(),
})

const MOST_FACTS = 1_000
const literals = z.array(literal).max(MOST_FACTS)
const value: z.ZodType<TestValue> = checked((input, report) =>
  pass<TestValue>(Array.isArray(input) ? literals : literal, input, report),
)
const valueOrNull: z.ZodType<TestValue | null> = checked((input, report) =>
  input === null ? null : pass(value, input, report),
)
const word = z.string().min(1).max(200)
const words = z.array(word).max(MOST_FACTS)

const moment = { ago: span.exactOptional(), at: instantText.exactOptional() }
const oneMoment = rule<TestMoment>(({ ago, at }, report) => {
  if ((ago === undefined) === (at === undefined)) {
    report(say('say when: ago: 3d or at: 2026-01-31T10:00+08:00', '请写明时间：ago: 3d 或 at: 2026-01-31T10:00+08:00'))
  }
})

const event = nested<TestEvent>(
  'event',
  z.strictObject({ event: word, ...moment, with: z.record(z.string(), z.unknown()).exactOptional() }).check(oneMoment),
)
const change = nested<TestChange>('change', z.strictObject({ attr: word, to: valueOrNull, ...moment }).check(oneMoment))
const given = nested<TestGiven>(
  'given',
  z.strictObject({
    attributes: z.record(z.string(), value).exactOptional(),
    identities: z.record(z.string(), z.union([word, words])).exactOptional(),
    lists: z.array(id).max(MOST_FACTS).exactOptional(),
    tags: z.record(z.string(), z.union([word, words])).exactOptional(),
    events: z.array(event).max(MOST_FACTS).exactOptional(),
    changes: z.array(change).max(MOST_FACTS).exactOptional(),
  }),
)

const fit: z.ZodType<StatedFit> = checked((input, report) => {
  const read = readFit(input) ?? readGroups(input)
  if (read !== null) return read
  report(
    say(
      'cuts are a list of numbers from low to high, a fitted number is a number; by group: { 北京: [10, 20] }',
      '切点为由低到高的数字列表，拟合数为一个数字；分组时写 { 北京: [10, 20] }',
    ),
  )
  return REFUSED
})
const fits: z.ZodType<StatedFits> = checked((input, report): StatedFits | typeof REFUSED => {
  const isByPlace = isObject(input) && Object.keys(input).some((key) => key.startsWith('/'))
  if (!isByPlace) return pass(fit, input, report)
  return pass(z.record(z.templateLiteral(['/', z.string()]), fit), input, report)
})

/** One test of a plan file. */
export const TEST: ObjectSchema<PlanTest> = z.strictObject({
  name: z.string().min(1).max(500),
  asOf: instantText,
  subject: id.exactOptional(),
  who: oneOf(['customer', 'visitor']).exactOptional(),
  since: span.exactOptional(),
  given: given.exactOptional(),
  fits: z.record(z.string(), fits).exactOptional(),
  expect: z.record(z.string(), valueOrNull).refine((expected) => Object.keys(expected).length > 0, {
    params: { zh: '请至少写一项期望' },
    message: 'a test expects something',
  }),
})

/** A part with fields of its own, whose unknown fields are named with the nearest one. */
function nested<T>(name: string, schema: ObjectSchema<T>): z.ZodType<T> {
  return checked((input, report) => readObject(schema, name, input, report))
}

function pass<T>(schema: z.ZodType<T>, input: unknown, report: Report): T | typeof REFUSED {
  const read = readObject(
    { shape: {}, safeParse: (one: unknown) => schema.safeParse(one) } as never,
    'value',
    input,
    report,
  )
  return read as T | typeof REFUSED
}

function readFit(input: unknown): number | readonly number[] | null {
  if (typeof input === 'number') return Number.isFinite(input) ? input : null
  if (!Array.isArray(input) || !input.every((one) => typeof one === 'number' && Number.isFinite(one))) return null
  return input.every((one, index) => index === 0 || input[index - 1] <= one) ? input : null
}

function readGroups(input: unknown): Readonly<Record<string, number | readonly number[]>> | null {
  if (!isObject(input)) return null
  const groups = Object.entries(input).map(([label, one]) => [label, readFit(one)] as const)
  if (groups.some(([, one]) => one === null)) return null
  return Object.fromEntries(groups) as Record<string, number | readonly number[]>
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}
