import { z } from 'zod'
import type { CaseValue } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'
import { code } from '../../frame/primitives.js'

/** The code of the first branch whose test is true. */
export const caseSchema: MakeSchema<CaseValue> = ({ test }) =>
  z.strictObject({
    case: z
      .array(z.strictObject({ when: test, value: code }))
      .min(1)
      .max(200),
    otherwise: code.exactOptional(),
  })
