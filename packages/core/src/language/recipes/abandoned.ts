import { z } from 'zod'
import type { DidValue, Span, Stream } from '../document.js'
import { span } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import { isOver } from './waiting.js'

interface Abandoned {
  /** What was begun: a cart, a form. */
  begin: Stream
  /** What should have followed. */
  finish: Stream
  /** How long to wait for it. */
  wait: Span
  /** How far back a beginning counts; default 30 days. */
  within?: Span
}

/** Something was begun, the waiting is over, and nothing finished it. */
export const abandoned: RecipeModule<Abandoned> = {
  kind: 'segment',
  schema: ({ stream }) => z.strictObject({ begin: stream, finish: stream, wait: span, within: span.exactOptional() }),
  expand: ({ begin, finish, wait, within = '30d' }) => {
    const begun: DidValue = { did: begin, within: { last: within }, get: 'lastAt' }
    return { where: { all: [isOver(begun, wait), { did: finish, is: 0, within: { after: begun } }] } }
  },
  resolve: ({ begin, finish }, at, scope, resolving) => {
    resolving.stream(begin, undefined, `${at}/begin`, scope)
    resolving.stream(finish, undefined, `${at}/finish`, scope)
  },
}
