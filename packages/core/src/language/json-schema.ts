import { z } from 'zod'
import { KINDS } from './definition-schema.js'
import { descriptionOf, type JsonSchema, refTo, type ToJson } from './frame/described.js'
import type { ObjectSchema } from './frame/parts.js'
import type { Position } from './frame/read-object.js'
import { grammarPositions } from './grammar.js'

type Fields = { type: 'object'; properties: Record<string, JsonSchema>; required?: string[] }

/**
 * The grammar of definitions as one JSON Schema (2020-12), printed from the same tables of heads that read documents: what
 * OpenAPI shows and editors complete from. It knows forms, not names: what it accepts may still be refused by resolve.
 */
export function grammarJsonSchema(): JsonSchema {
  const printer = new Printer()
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tagtree definition',
    ...refTo('definition'),
    $defs: printer.all(),
  }
}

class Printer {
  readonly #defs: Record<string, JsonSchema> = {}

  /** Every part of the grammar by its name. */
  all(): Readonly<Record<string, JsonSchema>> {
    const { positions, windows } = grammarPositions()
    for (const [name, position] of Object.entries(positions)) this.#position(name, position)
    this.#defs.tail = { anyOf: operatorsOf(positions.condition!).map(([operator]) => tailOf(operator)) }
    this.#defs.prop = { anyOf: [{ type: 'string' }, refTo('eventValue.clock'), refTo('eventValue.case')] }
    const heads = Object.entries(windows).map(([head, schema]) => this.#define(`window.${head}`, this.json(schema)))
    this.#defs.window = { anyOf: [{ const: 'ever' }, ...heads] }
    const kinds = Object.entries(KINDS).map(([kind, schema]) => this.#define(kind, this.#kind(schema)))
    this.#defs.definition = { anyOf: kinds }
    return this.#defs
  }

  /** The JSON Schema of one zod schema. */
  readonly json: ToJson = (schema) => {
    const own = this.#described(schema)
    if (own !== undefined) return own
    const { $schema: _, ...json } = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const inner = this.#described(zodSchema as unknown as z.ZodType)
        if (inner === undefined) return
        for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key]
        Object.assign(jsonSchema, inner)
      },
    }) as Record<string, unknown>
    return json
  }

  #described(schema: z.ZodType): JsonSchema | undefined {
    const description = descriptionOf(schema)
    if (description === undefined) return undefined
    const { name, make } = description
    if (name === undefined) return make(this.json)
    // Named before it is made: it may hold itself.
    if (this.#defs[name] === undefined) {
      this.#defs[name] = {}
      this.#defs[name] = make(this.json)
    }
    return refTo(name)
  }

  #define(name: string, json: JsonSchema): JsonSchema {
    this.#defs[name] = json
    return refTo(name)
  }

  /** Heads that are complete, and values with exactly one operator beside them. */
  #position(name: string, position: Position): void {
    const common = Object.entries(position.common).map(([field, schema]) => [field, this.json(schema as z.ZodType)])
    const complete = Object.entries(position.complete).map(([head, schema]) => {
      const json = this.json(schema) as Fields
      const isValue = name === 'value' || name === 'mixedValue'
      const properties = isValue ? { ...json.properties, ...Object.fromEntries(common) } : json.properties
      return this.#define(`${name}.${head}`, { ...json, properties })
    })
    const operators = operatorsOf(position)
    const beside = Object.fromEntries(operators.map(([operator]) => [operator, refTo(`${name}Operator.${operator}`)]))
    for (const [operator, schema] of operators) this.#defs[`${name}Operator.${operator}`] = this.json(schema)
    const compared = Object.entries(position.compared).map(([head, schema]) => {
      const json = this.json(schema) as Fields
      return this.#define(`${name}.${head}`, {
        ...json,
        properties: { ...json.properties, ...Object.fromEntries(common), ...beside },
        oneOf: operators.map(([operator]) => ({ required: [operator] })),
      })
    })
    this.#defs[name] = { anyOf: [...complete, ...compared] }
  }

  /** A document may leave `version` out: the reader adds it. */
  #kind(schema: ObjectSchema<unknown>): JsonSchema {
    const json = this.json(schema) as Fields
    return { ...json, required: (json.required ?? []).filter((field) => field !== 'version') }
  }
}

function operatorsOf(position: Position): readonly (readonly [string, z.ZodType])[] {
  return Object.entries(position.operators) as unknown as [string, z.ZodType][]
}

function tailOf(operator: string): JsonSchema {
  return {
    type: 'object',
    properties: { [operator]: refTo(`conditionOperator.${operator}`) },
    required: [operator],
    additionalProperties: false,
  }
}
