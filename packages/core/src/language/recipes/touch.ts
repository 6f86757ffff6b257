import { z } from 'zod'
import type { DidValue, Prop, Stream } from '../document.js'
import { oneOf } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { resolveRows } from './parameters.js'

interface Touch {
  did: Stream
  /** What the touch is known by: a source, a campaign. */
  prop: Prop
  which: 'first' | 'last'
  /** Only touches before the first of these events count. */
  before?: Stream
}

/** The first or last touch: the property of the first or last event that has it. */
export const touch: RecipeModule<Touch> = {
  kind: 'tag',
  schema: ({ stream, prop }) =>
    z.strictObject({ did: stream, prop, which: oneOf(['first', 'last']), before: stream.exactOptional() }),
  expand: ({ did, prop, which, before }) => {
    const value: DidValue = {
      did,
      where: { ...(typeof prop === 'string' ? { prop } : prop), known: true },
      get: which === 'first' ? { first: prop } : { last: prop },
      ...(before === undefined ? {} : { within: { to: { did: before, get: 'firstAt' } } }),
    }
    return { assign: { value } }
  },
  resolve: ({ did, prop, before }, at, scope, resolving) => {
    resolveRows({ did, prop }, at, scope, resolving)
    if (before !== undefined) resolving.stream(before, undefined, `${at}/before`, scope)
  },
}
