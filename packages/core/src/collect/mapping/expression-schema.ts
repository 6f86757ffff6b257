import { z } from 'zod'
import type { Test } from '../../language/document.js'
import { checked, REFUSED, type Report } from '../../language/frame/checked.js'
import { say } from '../../language/frame/message.js'
import type { ObjectSchema } from '../../language/frame/parts.js'
import { catalogueName, code, literal, oneOf, text } from '../../language/frame/primitives.js'
import { type Position, readHeaded } from '../../language/frame/read-object.js'
import { PARTS } from '../../language/grammar.js'
import type { AttributeValue, Expression, MappedValue, Total } from './mapping.js'

/** Types of cells, properties and attributes. */
export const PROPERTY_TYPES = ['number', 'money', 'text', 'date', 'bool', 'list'] as const

const CALCULATIONS = ['add', 'sub', 'mul', 'div', 'min', 'max', 'abs', 'log', 'round', 'size'] as const

/** An expression of a mapping; made first, because its forms nest. */
export const expression: z.ZodType<Expression> = checked((input, report) => {
  if (typeof input === 'string') {
    const read = catalogueName.safeParse(input)
    if (read.success) return read.data
    report(say('a column name is missing here', '此处缺少列名'))
    return REFUSED
  }
  return readHeaded(expressionPosition(), input, report) as Expression | typeof REFUSED
})

/** A test of one row. */
export const rowTest: z.ZodType<Test> = PARTS.test

const expressions = z.array(expression).min(1).max(20)

let position: Position | undefined

function expressionPosition(): Position {
  position ??= {
    en: 'a value',
    zh: '值',
    complete: {
      prop: z.strictObject({ prop: catalogueName }),
      case: z.strictObject({
        case: z
          .array(z.strictObject({ when: rowTest, value: code }))
          .min(1)
          .max(200),
        otherwise: code.exactOptional(),
      }),
      calc: z.strictObject({ calc: oneOf(CALCULATIONS), of: z.array(PARTS.eventTerm).min(1).max(50) }),
      constant: z.strictObject({ constant: literal }),
      row: z.strictObject({ row: z.literal('number') }),
      concat: z.strictObject({ concat: expressions, with: z.string().max(20).exactOptional() }),
      date: z.strictObject({ date: expressions, format: z.string().max(60).exactOptional() }),
    } satisfies Record<string, ObjectSchema<unknown>>,
    compared: {},
    operators: {},
    common: {},
    misplaced: () => null,
    headless: say(
      'a value is a column name or one of { prop }, { case }, { calc }, { constant }, { row }, { concat }, { date }',
      '值应为列名，或 { prop }、{ case }、{ calc }、{ constant }、{ row }、{ concat }、{ date } 之一',
    ),
  }
  return position
}

/** Names of identity kinds, relations, subjects, item catalogues: what the catalogue takes. */
export const catalogueKey = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*$/, 'a name is lower case letters, digits and _')
  .max(80)

const described = { value: expression, type: z.enum(PROPERTY_TYPES).exactOptional(), label: text.exactOptional() }
const describedValue = z.strictObject({
  ...described,
  catalogue: catalogueKey.exactOptional(),
  currency: expression.exactOptional(),
})
const describedAttribute = z.strictObject({
  ...described,
  operation: z.enum(['set', 'set_once', 'increment', 'append', 'unset']).exactOptional(),
})

/** A property: an expression, or one with a type and label. */
export const mappedValue: z.ZodType<MappedValue> = checked((input, report) =>
  pass<MappedValue>(isDescribed(input) ? describedValue : expression, input, report),
)

/** An attribute: as a property, with what happens to the value. */
export const attributeValue: z.ZodType<AttributeValue> = checked((input, report) =>
  pass<AttributeValue>(isDescribed(input) ? describedAttribute : expression, input, report),
)

const totalFields = { type: z.enum(PROPERTY_TYPES).exactOptional(), label: text.exactOptional() }
const amountFields = { ...totalFields, currency: expression.exactOptional() }
const TOTALS = {
  sum: z.strictObject({ sum: expression, ...amountFields }),
  min: z.strictObject({ min: expression, ...amountFields }),
  max: z.strictObject({ max: expression, ...amountFields }),
  distinct: z.strictObject({ distinct: expression, ...totalFields }),
  count: z.strictObject({ count: z.literal(true), ...totalFields }),
} as const

/** A total over the lines of an order. */
export const total: z.ZodType<Total> = checked((input, report) => {
  const keys = typeof input === 'object' && input !== null ? Object.keys(input) : []
  const heads = keys.filter((key) => Object.hasOwn(TOTALS, key)) as (keyof typeof TOTALS)[]
  if (heads.length === 1) return pass<Total>(TOTALS[heads[0]!], input, report)
  report(
    say(
      'a total is one of { sum }, { min }, { max }, { distinct }, { count: true }',
      '合计应为 { sum }、{ min }、{ max }、{ distinct }、{ count: true } 之一',
    ),
  )
  return REFUSED
})

function isDescribed(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'value' in input
}

/** Reads by another schema; its problems stand where they are. */
function pass<T>(schema: z.ZodType, input: unknown, report: Report): T | typeof REFUSED {
  const read = schema.safeParse(input)
  if (read.success) return read.data as T
  for (const issue of read.error.issues) {
    const { zh } = ('params' in issue ? (issue.params ?? {}) : {}) as { zh?: string }
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) report(say(`unknown field "${key}"`, `没有字段“${key}”`), ...issue.path, key)
    } else {
      report(say(issue.message, zh ?? issue.message), ...issue.path)
    }
  }
  return REFUSED
}
