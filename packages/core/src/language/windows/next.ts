import { z } from 'zod'
import type { Span } from '../document.js'
import { refuseFuture } from '../frame/future-window.js'
import { span } from '../frame/primitives.js'
import type { WindowModule } from '../frame/window-module.js'

/** The stretch that begins now; only for dates. */
export const next: WindowModule<{ next: Span }> = {
  schema: () => z.strictObject({ next: span }),
  resolve: (_window, at, _scope, resolving, purpose) => refuseFuture(at, resolving, purpose),
  sentence: (window, _scope, speaker) =>
    speaker.pick(`未来 ${speaker.span(window.next)}内`, `in the next ${speaker.span(window.next)}`),
}
