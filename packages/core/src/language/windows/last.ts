import { z } from 'zod'
import type { Span } from '../document.js'
import { span } from '../frame/primitives.js'
import type { WindowModule } from '../frame/window-module.js'

/** The stretch up to now: `last: 30d` is 30 × 24 hours, `last: 1mo` the same day and time a month back. */
export const last: WindowModule<{ last: Span; ago?: Span }> = {
  schema: () => z.strictObject({ last: span, ago: span.exactOptional() }),
  resolve: () => {},
  sentence: (window, _scope, speaker) => {
    const length = speaker.span(window.last)
    if (window.ago === undefined) return speaker.pick(`近 ${length}内`, `in the last ${length}`)
    const ago = speaker.span(window.ago)
    return speaker.pick(`截至 ${ago}前的 ${length}内`, `in the ${length} up to ${ago} ago`)
  },
}
