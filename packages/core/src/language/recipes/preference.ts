import { z } from 'zod'
import type { Prop, Stream, TagDefinition, Test, TopAssign, Window } from '../document.js'
import { catalogueName, number, span } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveRows } from './parameters.js'

interface Preference {
  did: Stream
  each?: string
  where?: Test
  /** What is preferred: a category, a brand. */
  prop: Prop
  /** Default the last 90 days. */
  within?: Window
  weight?: NonNullable<TopAssign['weight']>
  /** Default 3. */
  n?: number
  atLeast?: number
  share?: number
}

/** Whether a preference has several values: then its tag is of the family multi. */
export function familyOf(n: number): { family?: NonNullable<TagDefinition['family']> } {
  return n > 1 ? { family: 'multi' } : {}
}

/** How many values a preference has, and from how many events. */
export const preferenceLimits = {
  n: z.number().int().min(1).max(1000).exactOptional(),
  atLeast: z.number().int().min(1).max(1_000_000).exactOptional(),
}

/** The values of a property that somebody's behaviour weighs most. */
export const preference: RecipeModule<Preference> = {
  kind: 'tag',
  schema: (parts) =>
    z.strictObject({
      did: parts.stream,
      each: catalogueName.exactOptional(),
      where: parts.test.exactOptional(),
      prop: parts.prop,
      within: parts.window.exactOptional(),
      weight: z
        .strictObject({
          sum: catalogueName.exactOptional(),
          events: z.record(z.string(), number).exactOptional(),
          halfLife: span.exactOptional(),
        })
        .exactOptional(),
      ...preferenceLimits,
      share: z.number().gt(0).max(1).exactOptional(),
    }),
  expand: ({ prop, within = { last: '90d' }, n = 3, ...rest }) => ({
    assign: { top: prop, within, n, ...rest },
    ...familyOf(n),
  }),
  resolve: (parameters, at, scope, resolving) => {
    resolveRows(parameters, at, scope, resolving)
  },
}
