import { z } from 'zod'
import type { Message } from './message.js'

/** Returned by a reader that has reported why the input cannot be read. */
export const REFUSED: unique symbol = Symbol('refused')

export type Report = (message: Message, ...path: PropertyKey[]) => void

/** A schema that is one function: it reads the input or reports what is wrong with it, in both languages. */
export function checked<T>(read: (input: unknown, report: Report) => T | typeof REFUSED): z.ZodType<T> {
  return z.unknown().transform((input, context): T => {
    const output = read(input, (message, ...path) => context.addIssue(toIssue(message, path)))
    return output === REFUSED ? z.NEVER : output
  })
}

/** The zod issue of a message; `params` carry what zod has no place for. */
export function toIssue(message: Message, path: readonly PropertyKey[] = []) {
  return {
    code: 'custom' as const,
    path: [...path],
    message: message.en,
    params: { zh: message.zh, didYouMean: message.didYouMean },
  }
}

/** Adds a rule over a whole object; it runs only when every field could be read. */
export function rule<T>(check: (value: T, report: Report) => void) {
  return (payload: z.core.ParsePayload<T>): void => {
    check(payload.value, (message, ...path) => {
      payload.issues.push({ ...toIssue(message, path), input: payload.value })
    })
  }
}
