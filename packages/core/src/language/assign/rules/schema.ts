import { z } from 'zod'
import type { RulesAssign } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'
import { code } from '../../frame/primitives.js'

const MOST_RULES = 200

/** Rules from top to bottom. */
export const rulesSchema: MakeSchema<RulesAssign> = ({ condition }) =>
  z.strictObject({
    rules: z
      .array(z.strictObject({ value: code, when: condition }))
      .min(1)
      .max(MOST_RULES),
    otherwise: code.exactOptional(),
  })
