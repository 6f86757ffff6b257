import { z } from 'zod'
import { nearest } from '../../kernel/nearest.js'
import type { Id } from '../document.js'
import { sayNearest } from '../frame/message.js'
import { id } from '../frame/primitives.js'
import type { WindowModule } from '../frame/window-module.js'

/** A named stretch of the workspace calendar. */
export const period: WindowModule<{ period: Id }> = {
  schema: () => z.strictObject({ period: id }),
  resolve: (window, at, _scope, { catalog, report, uses }) => {
    uses.name('periods', window.period)
    if (catalog.periods.has(window.period)) return
    const near = nearest(window.period, catalog.periods.keys())
    report(
      `${at}/period`,
      sayNearest(`no period "${window.period}" in the calendar`, `日历中没有时段“${window.period}”`, near),
    )
  },
  sentence: (window, _scope, speaker) => {
    const label = speaker.label(speaker.catalog.periods.get(window.period)?.labels ?? window.period)
    return speaker.pick(`在“${label}”期间`, `during "${label}"`)
  },
}
