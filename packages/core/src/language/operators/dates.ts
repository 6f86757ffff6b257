import type { Window } from '../document.js'
import { say } from '../frame/message.js'
import type { OperatorModule } from '../frame/operator-module.js'

/** The date lies in a window. */
export const during: OperatorModule<Window> = {
  schema: ({ window }) => window,
  kinds: ['date'],
  resolve: (right, _left, at, scope, resolving) => resolving.window(right, at, scope, 'dates'),
  sentence: (right, _left, scope, speaker) => {
    const window = speaker.window(right, scope, 'dates')
    return speaker.pick(`在${window}`, `is ${window}`)
  },
}

/** The yearly return of the date lies in a window. */
export const anniversary: OperatorModule<Window> = {
  schema: ({ window }) => window,
  kinds: ['date'],
  resolve: (right, _left, at, scope, resolving) => {
    resolving.window(right, at, scope, 'dates')
    if (hasTwoEnds(right)) return
    resolving.report(
      at,
      say('an anniversary comes every year: name a window with two ends', '周年日每年都有：请写有起止的窗口'),
    )
  },
  sentence: (right, _left, scope, speaker) => {
    const window = speaker.window(right, scope, 'dates')
    return speaker.pick(`的周年日在${window}`, `has its anniversary ${window}`)
  },
}

function hasTwoEnds(window: Window): boolean {
  if (window === 'ever') return false
  const isAnchored = 'from' in window || 'after' in window || 'to' in window
  if (!isAnchored) return true
  const hasStart = 'from' in window || 'after' in window
  return hasStart ? window.to !== undefined || window.for !== undefined : window.for !== undefined
}
