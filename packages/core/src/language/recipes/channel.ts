import { z } from 'zod'
import type { Code, Stream, Window } from '../document.js'
import { catalogueName, code } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveRows } from './parameters.js'

interface Channel {
  did: Stream
  /** The property that names the channel; default channel. */
  prop?: string
  /** Names of groups of channels; without them the channels themselves count. */
  groups?: { value: Code; of: string[] }[]
  /** Default the last 365 days. */
  within?: Window
  /** Default 2. */
  atLeast?: number
}

/** The channel, or group of channels, somebody uses most. */
export const channel: RecipeModule<Channel> = {
  kind: 'tag',
  schema: ({ stream, window }) =>
    z.strictObject({
      did: stream,
      prop: catalogueName.exactOptional(),
      groups: z
        .array(z.strictObject({ value: code, of: z.array(z.string().min(1).max(1000)).min(1).max(1000) }))
        .min(1)
        .max(200)
        .exactOptional(),
      within: window.exactOptional(),
      atLeast: z.number().int().min(1).max(1_000_000).exactOptional(),
    }),
  expand: ({ did, prop = 'channel', groups, within = { last: '365d' }, atLeast = 2 }) => ({
    assign: {
      top: groups === undefined ? prop : { case: groups.map(({ value, of }) => ({ when: { prop, in: of }, value })) },
      did,
      within,
      atLeast,
    },
  }),
  resolve: ({ did, prop = 'channel', within }, at, scope, resolving) => {
    resolveRows({ did, prop, ...(within === undefined ? {} : { within }) }, at, scope, resolving)
  },
}
