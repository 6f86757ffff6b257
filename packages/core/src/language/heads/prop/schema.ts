import { z } from 'zod'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName } from '../../frame/primitives.js'

/** A property of the event or line. */
export const propSchema: MakeSchema<{ prop: string }> = () => z.strictObject({ prop: catalogueName })
