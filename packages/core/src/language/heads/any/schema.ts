import { z } from 'zod'
import type { Condition, Test } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'

/** `{ any: [ … ] }` of conditions. */
export const anySchema: MakeSchema<{ any: Condition[] }> = ({ condition }) =>
  z.strictObject({ any: z.array(condition).min(1) })

/** `{ any: [ … ] }` of tests of one event. */
export const anyTestSchema: MakeSchema<{ any: Test[] }> = ({ test }) => z.strictObject({ any: z.array(test).min(1) })
