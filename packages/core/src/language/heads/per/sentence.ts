import type { PerValue } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import { findType } from '../../type-of.js'
import { sayStreamParts } from '../did/sentence.js'

const BUCKETS = {
  event: ['每次行为', 'event', '行为数'],
  hour: ['小时', 'hour', '小时数'],
  day: ['天', 'day', '天数'],
  week: ['周', 'week', '周数'],
  month: ['月', 'month', '月数'],
  quarter: ['季度', 'quarter', '季度数'],
  year: ['年', 'year', '年数'],
} as const
const GETS = {
  sum: ['合计', 'total'],
  avg: ['平均值', 'average'],
  min: ['最小值', 'smallest'],
  max: ['最大值', 'largest'],
} as const

const RUNS = {
  count: ['', 'number of'],
  streak: ['最长连续', 'longest run of'],
  currentStreak: ['当前连续', 'current run of'],
} as const

/** `按天统计{…}，{…}的天数` · `number of days where {…}`; `按天统计{…}的最大值` · `largest {…} of all days`. */
export const perSentence: SayHead<PerValue> = ({ per, of, having, get = 'count' }, scope, speaker) => {
  const rows = { ...scope, stream: streamScopeOf(of.did, of.each) }
  const [zh, en, count] =
    typeof per === 'string'
      ? BUCKETS[per]
      : 'session' in per
        ? [`会话（间隔 ${speaker.span(per.session)}）`, 'session', '会话数']
        : [
            speaker.prop(per.prop, rows),
            `value of ${speaker.prop(per.prop, rows)}`,
            `${speaker.prop(per.prop, rows)}个数`,
          ]
  const value = speaker.value(of, scope)
  const held = having === undefined ? '' : speaker.tail(having, findType(of, scope), scope)
  const [zhHeld, enHeld] = held === '' ? ['', ''] : [`，其中${held}`, ` where it ${held}`]
  if (get === 'count' || get === 'streak' || get === 'currentStreak') {
    const [zhRun, enRun] = RUNS[get]
    if (held !== '') {
      const days = `${enRun} ${pluralOf(en)}`
      return speaker.pick(`按${zh}统计${value}${zhHeld}的${zhRun}${count}`, `${days} (where ${value} ${held})`)
    }
    // Without a test every bucket counts in which there is anything.
    const { event, where, window } = sayStreamParts(of.did, of.each, of.where, of.within, scope, speaker, 'noun')
    const when = window === '' ? '' : ` ${window}`
    return speaker.pick(
      `${window}有${event}${where}的${zhRun}${count}`,
      `${enRun} ${pluralOf(en)} with ${event}${where}${when}`,
    )
  }
  const [zhGet, enGet] = GETS[get]
  return speaker.pick(`按${zh}统计${value}${zhHeld}的${zhGet}`, `${enGet}, over ${pluralOf(en)}${enHeld}, of ${value}`)
}

/** `days`, `values of category`. */
function pluralOf(noun: string): string {
  return noun.replace(/^\w+/, (word) => `${word}s`)
}
