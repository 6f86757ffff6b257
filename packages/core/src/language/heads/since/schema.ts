import { z } from 'zod'
import type { SinceValue } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'
import { oneOf } from '../../frame/primitives.js'

/** What the time between two dates is counted in. */
export const SINCE_UNITS = ['minutes', 'hours', 'days', 'weeks', 'months', 'years'] as const

/** How long ago a date is, or how long it is to another. */
export const sinceSchema: MakeSchema<SinceValue> = ({ value }) =>
  z.strictObject({
    since: value,
    until: value.exactOptional(),
    unit: oneOf(SINCE_UNITS).exactOptional(),
  })
