import { z } from 'zod'
import type { Span } from '../document.js'
import { calendarSpan } from '../frame/calendar-span.js'
import { refuseFuture } from '../frame/future-window.js'
import type { WindowModule } from '../frame/window-module.js'

/** The whole calendar units after the current one; only for dates. */
export const coming: WindowModule<{ coming: Span }> = {
  schema: () => z.strictObject({ coming: calendarSpan('coming') }),
  resolve: (_window, at, _scope, resolving, purpose) => refuseFuture(at, resolving, purpose),
  sentence: (window, _scope, speaker) =>
    speaker.pick(`接下来完整的 ${speaker.span(window.coming)}内`, `in the coming ${speaker.span(window.coming)}`),
}
