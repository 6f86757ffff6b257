import { z } from 'zod'
import type { Fit, Value } from '../document.js'
import { fit } from '../frame/cuts.js'
import { number, oneOf } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveNumber } from './parameters.js'

interface Ahp {
  criteria: {
    weight: number
    value: Value
    /** Default high: more is better. */
    better?: 'high' | 'low'
  }[]
  fit?: Fit
}

const PERCENTILES = 100

/**
 * A score out of weighted criteria, whose weights were found by comparing them in pairs: each criterion counts by its
 * percentile (1 to 100) in the population; where less is better its weight counts against.
 */
export const ahp: RecipeModule<Ahp> = {
  kind: 'metric',
  schema: ({ value }) =>
    z.strictObject({
      criteria: z
        .array(z.strictObject({ weight: number, value, better: oneOf(['high', 'low']).exactOptional() }))
        .min(2)
        .max(50),
      fit: fit.exactOptional(),
    }),
  expand: ({ criteria, fit: when }) => ({
    value: {
      calc: 'add',
      of: criteria.map(({ weight, value, better }) => ({
        calc: 'mul',
        of: [
          better === 'low' ? -weight : weight,
          { cut: value, at: { method: 'quantile', n: PERCENTILES, ...(when === undefined ? {} : { fit: when }) } },
        ],
      })),
    },
  }),
  resolve: ({ criteria }, at, scope, resolving) => {
    for (const [index, { value }] of criteria.entries()) {
      resolveNumber(value, `${at}/criteria/${index}/value`, scope, resolving)
    }
  },
  sentence: ({ criteria }, scope, speaker) => {
    const parts = criteria.map(({ weight, value, better }) => {
      const sign = better === 'low' ? '−' : ''
      return speaker.pick(
        `${sign}${weight} × ${speaker.value(value, scope)}的百分位`,
        `${sign}${weight} × the percentile of ${speaker.value(value, scope)}`,
      )
    })
    return parts.join(' + ').replaceAll(' + −', ' − ')
  },
}
