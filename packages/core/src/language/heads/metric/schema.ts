import { z } from 'zod'
import type { MetricValue } from '../../document.js'
import { thenFields } from '../../frame/at-schema.js'
import type { MakeSchema } from '../../frame/parts.js'
import { id } from '../../frame/primitives.js'

/** A metric. */
export const metricSchema: MakeSchema<MetricValue> = () => z.strictObject({ metric: id, ...thenFields })
