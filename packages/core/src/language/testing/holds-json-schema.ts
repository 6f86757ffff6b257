type Schema = Readonly<Record<string, unknown>>

/** Whether a document has the form a JSON Schema asks for; it knows the words that the grammar is printed with. */
export function holdsJsonSchema(document: unknown, root: Schema): boolean {
  const defs = root.$defs as Readonly<Record<string, Schema>>
  const holds = (value: unknown, schema: Schema): boolean =>
    Object.entries(schema).every(([word, says]) => {
      const check = WORDS[word]
      if (check === undefined) throw new RangeError(`unknown word ${word}`)
      return check(value, says as never, schema, holds, defs)
    })
  return holds(document, root)
}

type Check = (
  value: unknown,
  says: never,
  schema: Schema,
  holds: (value: unknown, schema: Schema) => boolean,
  defs: Readonly<Record<string, Schema>>,
) => boolean

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const always: Check = () => true

const WORDS: Readonly<Record<string, Check>> = {
  $schema: always,
  $defs: always,
  title: always,
  default: always,
  propertyNames: always,
  $ref: (value, says: string, _schema, holds, defs) => holds(value, defs[says.replace('#/$defs/', '')]!),
  anyOf: (value, says: readonly Schema[], _schema, holds) => says.some((one) => holds(value, one)),
  oneOf: (value, says: readonly Schema[], _schema, holds) => says.filter((one) => holds(value, one)).length === 1,
  enum: (value, says: readonly unknown[]) => says.includes(value),
  const: (value, says) => value === says,
  type: (value, says: string) => {
    if (says === 'array') return Array.isArray(value)
    if (says === 'integer') return Number.isInteger(value)
    return says === 'object' ? isObject(value) : typeof value === says
  },
  properties: (value, says: Readonly<Record<string, Schema>>, _schema, holds) =>
    !isObject(value) || Object.entries(says).every(([key, one]) => !(key in value) || holds(value[key], one)),
  required: (value, says: readonly string[]) => !isObject(value) || says.every((key) => key in value),
  additionalProperties: (value, says: boolean | Schema, schema, holds) =>
    !isObject(value) ||
    Object.keys(value)
      .filter((key) => !Object.hasOwn((schema.properties as object | undefined) ?? {}, key))
      .every((key) => (typeof says === 'boolean' ? says : holds(value[key], says))),
  minProperties: (value, says: number) => !isObject(value) || Object.keys(value).length >= says,
  maxProperties: (value, says: number) => !isObject(value) || Object.keys(value).length <= says,
  items: (value, says: boolean | Schema, _schema, holds) =>
    !Array.isArray(value) || typeof says === 'boolean' || value.every((one) => holds(one, says)),
  prefixItems: (value, says: readonly Schema[], _schema, holds) =>
    !Array.isArray(value) || says.every((one, index) => holds(value[index], one)),
  minItems: (value, says: number) => !Array.isArray(value) || value.length >= says,
  maxItems: (value, says: number) => !Array.isArray(value) || value.length <= says,
  uniqueItems: (value) => !Array.isArray(value) || new Set(value).size === value.length,
  minLength: (value, says: number) => typeof value !== 'string' || value.length >= says,
  maxLength: (value, says: number) => typeof value !== 'string' || value.length <= says,
  pattern: (value, says: string) => typeof value !== 'string' || new RegExp(says, 'u').test(value),
  minimum: (value, says: number) => typeof value !== 'number' || value >= says,
  maximum: (value, says: number) => typeof value !== 'number' || value <= says,
  exclusiveMinimum: (value, says: number) => typeof value !== 'number' || value > says,
  exclusiveMaximum: (value, says: number) => typeof value !== 'number' || value < says,
}
