import { z } from 'zod'
import type { Id } from '../document.js'
import { notYet } from '../frame/message.js'
import { id } from '../frame/primitives.js'
import type { WindowModule } from '../frame/window-module.js'

/** A named stretch of the workspace calendar. */
export const period: WindowModule<{ period: Id }> = {
  schema: () => z.strictObject({ period: id }),
  resolve: (_window, at, _scope, resolving) => resolving.report(at, notYet('the window "period"', '窗口“period”')),
  sentence: (window, _scope, speaker) => speaker.pick(`在“${window.period}”期间`, `during "${window.period}"`),
}
