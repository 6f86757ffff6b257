import type { z } from 'zod'
import type {
  Condition,
  EventValue,
  ListOperand,
  Operand,
  Prop,
  Stream,
  Tail,
  Test,
  Value,
  Window,
} from '../document.js'

/**
 * The recursive places of the grammar, given to every head's schema: which heads may stand there is decided in one table
 * (grammar.ts), so heads never import each other.
 */
export interface Parts {
  readonly condition: z.ZodType<Condition>
  readonly value: z.ZodType<Value>
  /** A value or a plain number, as an operand of `calc`. */
  readonly term: z.ZodType<Value | number>
  readonly test: z.ZodType<Test>
  readonly eventTerm: z.ZodType<EventValue | number>
  readonly stream: z.ZodType<Stream>
  readonly prop: z.ZodType<Prop>
  readonly window: z.ZodType<Window>
  /** One operator without a value beside it. */
  readonly tail: z.ZodType<Tail>
}

/** The right sides of operators; inside `where:` they may also speak of the event. */
export interface OperandParts {
  readonly operand: z.ZodType<Operand>
  readonly listOperand: z.ZodType<ListOperand>
  readonly window: z.ZodType<Window>
}

/** A schema of an object with known fields. */
export type ObjectSchema<T> = z.ZodType<T> & { readonly shape: Readonly<Record<string, unknown>> }
/** How each head's schema file is written. */
export type MakeSchema<T> = (parts: Parts) => ObjectSchema<T>
