import { z } from 'zod'
import { nearest } from '../../kernel/nearest.js'
import { checked, REFUSED } from '../../language/frame/checked.js'
import { say, sayNearest } from '../../language/frame/message.js'
import type { ObjectSchema } from '../../language/frame/parts.js'
import { catalogueName, id, text } from '../../language/frame/primitives.js'
import { readObject } from '../../language/frame/read-object.js'
import {
  attributeValue,
  catalogueKey,
  expression,
  mappedValue,
  PROPERTY_TYPES,
  rowTest,
  total,
} from './expression-schema.js'
import type { EventOutput, Mapping, Output } from './mapping.js'

const propertyType = z.enum(PROPERTY_TYPES)
const columnReading = z.strictObject({
  type: propertyType,
  format: z.string().min(1).max(60).exactOptional(),
  split: z.string().min(1).max(10).exactOptional(),
  decimal: z.enum(['.', ',']).exactOptional(),
  missing: z.array(z.string().max(200)).max(50).exactOptional(),
})
const key = catalogueKey
const alias = z.string().min(1).max(60)
const properties = z.record(plainKey(), mappedValue)

/** Names of properties and attributes: any plain text without the parts JavaScript reserves. */
function plainKey(): z.ZodType<string, string> {
  return z.string().min(1).max(100)
}

const lines = z.strictObject({
  key: expression,
  line: expression.exactOptional(),
  items: properties.exactOptional(),
  totals: z.record(plainKey(), total).exactOptional(),
})
const time = expression
const where = rowTest

const OUTPUTS = {
  event: z.strictObject({
    // A text is the name itself, not a column.
    event: expression as z.ZodType<EventOutput['event']>,
    where: where.exactOptional(),
    about: z.array(alias).min(1).max(10).exactOptional(),
    time,
    key: expression.exactOptional(),
    properties: properties.exactOptional(),
    lines: lines.exactOptional(),
  }),
  attributes: z.strictObject({
    attributes: z.record(plainKey(), attributeValue),
    of: alias.exactOptional(),
    where: where.exactOptional(),
    time: time.exactOptional(),
  }),
  identities: z.strictObject({ identities: alias, where: where.exactOptional(), time: time.exactOptional() }),
  relation: z.strictObject({
    relation: key,
    from: alias,
    to: alias,
    role: expression.exactOptional(),
    since: time.exactOptional(),
    until: time.exactOptional(),
    where: where.exactOptional(),
  }),
  catalogue: z.strictObject({
    catalogue: key,
    item: expression,
    properties: properties.exactOptional(),
    where: where.exactOptional(),
    time: time.exactOptional(),
  }),
} as const

/** One output, read by its head. */
const output: z.ZodType<Output> = checked((input, report) => {
  const keys = typeof input === 'object' && input !== null ? Object.keys(input) : []
  const heads = keys.filter((one) => Object.hasOwn(OUTPUTS, one)) as (keyof typeof OUTPUTS)[]
  const [head, second] = heads
  if (head !== undefined && second === undefined) {
    return readObject(OUTPUTS[head] as unknown as ObjectSchema<Output>, head, input, report)
  }
  const near = head === undefined ? keys.flatMap((one) => nearest(one, Object.keys(OUTPUTS)) ?? [])[0] : undefined
  report(
    sayNearest(
      'an output is one of event, attributes, identities, relation, catalogue',
      '输出应为 event、attributes、identities、relation、catalogue 之一',
      near,
    ),
  )
  return REFUSED
})

/** The form of a mapping document. Names are looked at by `checkMapping`. */
export const mappingSchema = z.strictObject({
  version: z.literal(1),
  id,
  name: text,
  note: text.exactOptional(),
  file: z
    .strictObject({
      format: z.enum(['csv', 'json', 'ndjson']).exactOptional(),
      encoding: z.string().min(1).max(40).exactOptional(),
      delimiter: z.string().length(1).exactOptional(),
      header: z.boolean().exactOptional(),
      sheet: z.string().min(1).max(100).exactOptional(),
    })
    .exactOptional(),
  timeZone: z.string().min(1).max(60).exactOptional(),
  columns: z.record(catalogueName as z.ZodType<string, string>, columnSchema()),
  subjects: z
    .record(alias, z.strictObject({ kind: key.exactOptional(), identities: z.record(key, expression) }))
    .exactOptional(),
  reject: z
    .array(z.strictObject({ when: rowTest, reason: text }))
    .max(50)
    .exactOptional(),
  outputs: z.array(output).min(1).max(20),
  declare: z
    .strictObject({
      subjects: z.record(key, z.strictObject({ label: text })).exactOptional(),
      identityKinds: z
        .record(
          key,
          z.strictObject({
            subject: key,
            strong: z.boolean(),
            limit: z.int().min(1).max(1000).exactOptional(),
            priority: z.int().min(1).max(1000).exactOptional(),
            label: text,
          }),
        )
        .exactOptional(),
      relations: z
        .record(
          key,
          z.strictObject({
            from: key.exactOptional(),
            to: key.exactOptional(),
            inverseOf: key.exactOptional(),
            many: z.boolean(),
            label: text,
            noun: text,
          }),
        )
        .exactOptional(),
      events: z
        .record(z.string().min(1).max(100), z.strictObject({ label: text, passive: z.boolean().exactOptional() }))
        .exactOptional(),
      catalogues: z.record(key, z.strictObject({ label: text })).exactOptional(),
    })
    .exactOptional(),
}) as unknown as ObjectSchema<Mapping>

/** A type alone, or how the cells are read. */
function columnSchema(): z.ZodType {
  return checked<unknown>((input, report) => {
    if (typeof input === 'object' && input !== null)
      return readObject(columnReading as ObjectSchema<unknown>, 'column', input, report)
    const read = propertyType.safeParse(input)
    if (read.success) return read.data
    const near = typeof input === 'string' ? nearest(input, PROPERTY_TYPES) : undefined
    report(
      sayNearest(
        `a column has one of the types ${PROPERTY_TYPES.join(', ')}`,
        `列类型应为 ${PROPERTY_TYPES.join('、')} 之一`,
        near,
      ),
    )
    return REFUSED
  })
}

/** What a document must at least be, for messages. */
export const NO_MAPPING = say(
  'a mapping is an object with version, id, name, columns and outputs',
  '映射应为含 version、id、name、columns、outputs 的对象',
)
