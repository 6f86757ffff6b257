import type { ExplainValue } from '../../../explain/head.js'
import type { ClockValue } from '../../document.js'

/** It follows the clock, or the date it is of. */
export const explainClock: ExplainValue<ClockValue> = {
  parts: ({ of }) => (of === undefined ? [] : [{ at: '/of', value: of }]),
  missing: ({ clock }, _scope, speaker) =>
    clock === 'promotion'
      ? speaker.pick('此时没有促销活动', 'no promotion runs then')
      : speaker.pick('当天不是节假日', 'that day is no holiday'),
  moments: ({ clock, of }, scope) => {
    if (of !== undefined) scope.value(of, null)
    else scope.grid(clock === 'hour' ? 'hour' : 'day')
  },
  dates: ({ clock, of }, scope) => {
    if (clock === 'date' && of === undefined) scope.uncertain()
    return []
  },
  reach: () => [],
}
