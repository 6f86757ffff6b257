import { z } from 'zod'
import type { DidValue, Span, Stream } from '../document.js'
import { span } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { isOver } from './waiting.js'

interface NotAgain {
  did: Stream
  /** How long after the first time nothing more happened. */
  after: Span
}

/** Happened once, and for a whole span after the first time not again. */
export const notAgain: RecipeModule<NotAgain> = {
  kind: 'segment',
  schema: ({ stream }) => z.strictObject({ did: stream, after: span }),
  expand: ({ did, after }) => {
    const first: DidValue = { did, get: 'firstAt' }
    return { where: { all: [isOver(first, after), { did, is: 0, within: { after: first, for: after } }] } }
  },
  resolve: ({ did }, at, scope, resolving) => {
    resolving.stream(did, undefined, `${at}/did`, scope)
  },
}
