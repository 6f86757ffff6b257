import { z } from 'zod'
import type { ClockValue, Field } from '../../document.js'
import type { MakeSchema } from '../../frame/parts.js'
import { oneOf } from '../../frame/primitives.js'

/** Every part of a moment that can be asked for. */
export const FIELDS = [
  'hour',
  'weekday',
  'day',
  'month',
  'quarter',
  'year',
  'date',
  'week',
  'yearMonth',
  'dayKind',
  'holiday',
  'promotion',
] as const satisfies readonly Field[]

/** A part of a date; of now when `of` is left out. */
export const clockSchema: MakeSchema<ClockValue> = ({ value }) =>
  z.strictObject({ clock: oneOf(FIELDS), of: value.exactOptional() })

/** A part of the event's moment. */
export const eventClockSchema: MakeSchema<{ clock: Field }> = () => z.strictObject({ clock: oneOf(FIELDS) })
