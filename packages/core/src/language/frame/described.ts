import type { z } from 'zod'

/** JSON Schema of one place. */
export type JsonSchema = { readonly [key: string]: unknown }
/** Makes the JSON Schema of a part. */
export type ToJson = (schema: z.ZodType) => JsonSchema

/** What JSON Schema says of a schema that is one function. */
export interface Description {
  /** Under which it is printed once; without it, it is printed where it stands. */
  readonly name?: string
  readonly make: (toJson: ToJson) => JsonSchema
}

const descriptions = new WeakMap<z.ZodType, Description>()

/** Says in JSON Schema what a schema reads that is one function: functions cannot be printed. */
export function described<S extends z.ZodType>(schema: S, json: JsonSchema | ((toJson: ToJson) => JsonSchema)): S {
  descriptions.set(schema, { make: typeof json === 'function' ? json : () => json })
  return schema
}

/** As `described`, for what holds itself: it is printed once, under a name. */
export function describedAs<S extends z.ZodType>(name: string, schema: S, make: Description['make']): S {
  descriptions.set(schema, { name, make })
  return schema
}

/** What was said of a schema, if anything. */
export function descriptionOf(schema: z.ZodType): Description | undefined {
  return descriptions.get(schema)
}

/** Points to a part of the grammar that is printed once. */
export const refTo = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` })
/** One of several forms. */
export const anyOf = (...forms: readonly JsonSchema[]): JsonSchema => ({ anyOf: forms })
/** A text of some length. */
export const textOf = (longest: number): JsonSchema => ({ type: 'string', minLength: 1, maxLength: longest })
