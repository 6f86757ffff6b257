import { z } from 'zod'
import type { ValueAssign } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'

/** The tag's value is a value. */
export const valueAssignSchema: MakeSchema<ValueAssign> = ({ value }) => z.strictObject({ value })
