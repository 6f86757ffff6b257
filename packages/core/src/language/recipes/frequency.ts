import { z } from 'zod'
import type { Code, Cuts, Value } from '../document.js'
import { cuts } from '../frame/cuts.js'
import { code } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { namedTiers, resolveNumber, tierCount } from './parameters.js'

interface Frequency {
  /** Number of orders. */
  orders: Value
  /** Default 2 and 6. */
  at?: Cuts
  /** Lowest first; default three names. */
  values?: Code[]
}

const NAMES = [
  ['低频客户', 'buys rarely'],
  ['中频客户', 'buys now and then'],
  ['高频客户', 'buys often'],
] as const

/** How often somebody buys: tiers of the number of orders. */
export const frequency: RecipeModule<Frequency> = {
  kind: 'tag',
  schema: ({ value }) =>
    z
      .strictObject({
        orders: value,
        at: cuts.exactOptional(),
        values: z.array(code).min(2).max(100).exactOptional(),
      })
      .check(tierCount([2, 6], NAMES.length)),
  expand: ({ orders, at = [2, 6], values }) => ({
    assign: { cut: orders, at, values: values ?? NAMES.map(([zh]) => zh) },
    ...namedTiers(values, NAMES),
  }),
  resolve: ({ orders }, at, scope, resolving) => resolveNumber(orders, `${at}/orders`, scope, resolving),
}
