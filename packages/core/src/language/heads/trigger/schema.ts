import { z } from 'zod'
import type { MakeSchema } from '../../frame/parts.js'
import { catalogueName } from '../../frame/primitives.js'

/** A property of the event that started a journey. */
export const triggerSchema: MakeSchema<{ trigger: string }> = () => z.strictObject({ trigger: catalogueName })
