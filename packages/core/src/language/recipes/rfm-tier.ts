import { z } from 'zod'
import type { Code, Fit, Value } from '../document.js'
import { fit } from '../frame/cuts.js'
import { code } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveNumber } from './parameters.js'
import { quintileOf } from './quintile.js'

interface RfmTier {
  /** Smaller is better: days since the last purchase. */
  recency: Value
  frequency: Value
  monetary: Value
  /** Lowest first. */
  values: Code[]
  fit?: Fit
}

const LOWEST = 3
const HIGHEST = 15

/** Tiers of the sum of three scores of 1 to 5: 3 to 15, divided evenly. */
export const rfmTier: RecipeModule<RfmTier> = {
  kind: 'tag',
  schema: ({ value }) =>
    z.strictObject({
      recency: value,
      frequency: value,
      monetary: value,
      values: z
        .array(code)
        .min(2)
        .max(HIGHEST - LOWEST + 1),
      fit: fit.exactOptional(),
    }),
  expand: ({ recency, frequency, monetary, values, fit: when }) => ({
    assign: {
      cut: {
        calc: 'add',
        of: [
          { calc: 'sub', of: [6, quintileOf(recency, when)] },
          quintileOf(frequency, when),
          quintileOf(monetary, when),
        ],
      },
      at: values.slice(1).map((_, index) => Math.ceil(LOWEST + ((HIGHEST - LOWEST) * (index + 1)) / values.length)),
      values,
    },
  }),
  resolve: ({ recency, frequency, monetary }, at, scope, resolving) => {
    resolveNumber(recency, `${at}/recency`, scope, resolving)
    resolveNumber(frequency, `${at}/frequency`, scope, resolving)
    resolveNumber(monetary, `${at}/monetary`, scope, resolving)
  },
  sentence: ({ recency, frequency, monetary, values }, scope, speaker) => {
    const said = [recency, frequency, monetary].map((value) => speaker.value(value, scope))
    const names = values.map((value) => speaker.literal(value))
    return speaker.pick(
      `按${said.join('、')}的五分位得分之和（3–15）分 ${names.length} 档，由低到高：${names.join('、')}`,
      `${names.length} tiers by the sum (3–15) of the quintile scores of ${said.join(', ')}, from low to high: ${names.join(', ')}`,
    )
  },
}
