import { z } from 'zod'
import type { Code, Cuts, Value } from '../document.js'
import { cuts } from '../frame/cuts.js'
import { code } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveGroupKey } from '../frame/resolve-cut.js'
import { namedTiers, resolveNumber, tierCount } from './parameters.js'

interface SpendingPower {
  /** Money of an average order. */
  average: Value
  /** Compared with those of the same group, for example the same city. */
  by?: Value[]
  /** Default the median and the best 15 of 100, cut anew every month. */
  at?: Exclude<Cuts, number[]>
  /** Lowest first; default three names. */
  values?: Code[]
}

const NAMES = [
  ['低消费群体', 'small spenders'],
  ['中消费群体', 'medium spenders'],
  ['高消费群体', 'big spenders'],
] as const
const USUAL: Exclude<Cuts, number[]> = { method: 'quantile', probs: [0.5, 0.85], fit: 'monthly' }

/** How much somebody can spend: tiers of the average order, beside those of the same group. */
export const spendingPower: RecipeModule<SpendingPower> = {
  kind: 'tag',
  schema: ({ value }) =>
    z
      .strictObject({
        average: value,
        by: z.array(value).min(1).max(5).exactOptional(),
        at: cuts.exactOptional() as unknown as z.ZodExactOptional<z.ZodType<Exclude<Cuts, number[]>>>,
        values: z.array(code).min(2).max(100).exactOptional(),
      })
      .check(tierCount(USUAL, NAMES.length)),
  expand: ({ average, by, at = USUAL, values }) => ({
    assign: {
      cut: average,
      at,
      values: values ?? NAMES.map(([zh]) => zh),
      ...(by === undefined ? {} : { by }),
    },
    ...namedTiers(values, NAMES),
  }),
  resolve: ({ average, by = [] }, at, scope, resolving) => {
    resolveNumber(average, `${at}/average`, scope, resolving)
    for (const [index, key] of by.entries()) resolveGroupKey(key, `${at}/by/${index}`, scope, resolving)
  },
}
