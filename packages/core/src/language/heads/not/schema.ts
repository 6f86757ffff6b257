import { z } from 'zod'
import type { Condition, Test } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'

/** `{ not: … }` of a condition. */
export const notSchema: MakeSchema<{ not: Condition }> = ({ condition }) => z.strictObject({ not: condition })

/** `{ not: … }` of a test of one event. */
export const notTestSchema: MakeSchema<{ not: Test }> = ({ test }) => z.strictObject({ not: test })
