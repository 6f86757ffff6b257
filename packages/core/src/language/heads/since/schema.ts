import { z } from 'zod'
import type { SinceValue } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'
import { oneOf } from '../../frame/primitives.js'

/** How long ago a date is, or how long it is to another. */
export const sinceSchema: MakeSchema<SinceValue> = ({ value }) =>
  z.strictObject({
    since: value,
    until: value.exactOptional(),
    unit: oneOf(['minutes', 'hours', 'days', 'weeks', 'months', 'years']).exactOptional(),
  })
