import { z } from 'zod'
import type { Condition, Test } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'

/** `{ all: [ … ] }` of conditions. */
export const allSchema: MakeSchema<{ all: Condition[] }> = ({ condition }) =>
  z.strictObject({ all: z.array(condition).min(1) })

/** `{ all: [ … ] }` of tests of one event. */
export const allTestSchema: MakeSchema<{ all: Test[] }> = ({ test }) => z.strictObject({ all: z.array(test).min(1) })
