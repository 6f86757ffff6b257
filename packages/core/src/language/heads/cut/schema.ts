import { z } from 'zod'
import type { CutValue } from '../../document.js'
import { cuts } from '../../frame/cuts.js'
import type { MakeSchema } from '../../frame/parts.js'
import { oneOf } from '../../frame/primitives.js'

/** The tier of a value among the population's. */
export const cutSchema: MakeSchema<CutValue> = ({ value, condition }) =>
  z.strictObject({
    cut: value,
    at: cuts,
    by: z.array(value).min(1).max(5).exactOptional(),
    only: condition.exactOptional(),
    edge: oneOf(['up', 'down']).exactOptional(),
  })
