import { z } from 'zod'
import type { Code, Stream, Test, Window } from '../document.js'
import { code } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveRows } from './parameters.js'
import { familyOf, preferenceLimits } from './preference.js'

interface Scene {
  did: Stream
  /** The first scene whose test is true counts. */
  scenes: { value: Code; when: Test }[]
  otherwise?: Code
  /** Default the last 30 days. */
  within?: Window
  /** Default 2. */
  n?: number
  atLeast?: number
  /** Least part of all; default 0.2. */
  share?: number
}

/** The scenes in which somebody's events mostly happen. */
export const scene: RecipeModule<Scene> = {
  kind: 'tag',
  schema: ({ stream, test, window }) =>
    z.strictObject({
      did: stream,
      scenes: z
        .array(z.strictObject({ value: code, when: test }))
        .min(1)
        .max(200),
      otherwise: code.exactOptional(),
      within: window.exactOptional(),
      ...preferenceLimits,
      share: z.number().gt(0).max(1).exactOptional(),
    }),
  expand: ({ did, scenes, otherwise, within = { last: '30d' }, n = 2, atLeast, share = 0.2 }) => ({
    assign: {
      top: {
        case: scenes.map(({ value, when }) => ({ when, value })),
        ...(otherwise === undefined ? {} : { otherwise }),
      },
      did,
      within,
      n,
      share,
      ...(atLeast === undefined ? {} : { atLeast }),
    },
    ...familyOf(n),
  }),
  resolve: ({ did, scenes, within }, at, scope, resolving) => {
    const rows = resolveRows({ did, ...(within === undefined ? {} : { within }) }, at, scope, resolving)
    for (const [index, { when }] of scenes.entries()) resolving.test(when, `${at}/scenes/${index}/when`, rows)
  },
}
