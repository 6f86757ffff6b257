import { z } from 'zod'
import type { Stream, Window } from '../document.js'
import { oneOf } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveRows } from './parameters.js'
import { familyOf, preferenceLimits } from './preference.js'

interface TimePreference {
  /** Default anything. */
  did?: Stream
  /** Default hour. */
  by?: 'hour' | 'weekday'
  /** Default the last 90 days. */
  within?: Window
  /** Default 3. */
  n?: number
  /** Default 10. */
  atLeast?: number
}

/** The hours or weekdays at which somebody is most active. */
export const timePreference: RecipeModule<TimePreference> = {
  kind: 'tag',
  schema: ({ stream, window }) =>
    z.strictObject({
      did: stream.exactOptional(),
      by: oneOf(['hour', 'weekday']).exactOptional(),
      within: window.exactOptional(),
      ...preferenceLimits,
    }),
  expand: ({ did = 'any', by = 'hour', within = { last: '90d' }, n = 3, atLeast = 10 }) => ({
    assign: { top: { clock: by }, did, within, n, atLeast },
    ...familyOf(n),
  }),
  resolve: ({ did = 'any', within }, at, scope, resolving) => {
    resolveRows({ did, ...(within === undefined ? {} : { within }) }, at, scope, resolving)
  },
}
