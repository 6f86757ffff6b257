import { z } from 'zod'

/** The body of every answer that is not a success. */
export const ErrorShape = z
  .object({
    error: z.object({
      /** A code of docs/errors.md. */
      code: z.string(),
      /** What is wrong, in the language of Accept-Language. */
      message: z.string(),
      /** What to do now. */
      action: z.string(),
      /** JSON pointer into the body, when one place is to blame. */
      pointer: z.string().optional(),
      issues: z
        .array(z.object({ pointer: z.string(), message: z.string(), didYouMean: z.string().optional() }))
        .optional(),
      /** Names this request in the log. */
      requestId: z.string(),
      /** The same request may succeed later; wait for Retry-After when it is given. */
      retryable: z.boolean(),
    }),
  })
  .register(z.globalRegistry, { id: 'Error' })
export type ErrorShape = z.output<typeof ErrorShape>
