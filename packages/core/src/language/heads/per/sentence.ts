import type { PerValue } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import { findType } from '../../type-of.js'

const BUCKETS = {
  event: ['次', 'event'],
  hour: ['小时', 'hour'],
  day: ['天', 'day'],
  week: ['周', 'week'],
  month: ['月', 'month'],
  quarter: ['季度', 'quarter'],
  year: ['年', 'year'],
} as const
const GETS = {
  count: ['个数', 'number of'],
  sum: ['合计', 'total over'],
  avg: ['平均', 'average over'],
  min: ['最小值', 'smallest over'],
  max: ['最大值', 'largest over'],
  streak: ['最长连续数', 'longest run of'],
  currentStreak: ['当前连续数', 'current run of'],
} as const

/** `按天统计{…}，满足{…}的个数` · `number of days on which {…}`. */
export const perSentence: SayHead<PerValue> = ({ per, of, having, get = 'count' }, scope, speaker) => {
  const rows = { ...scope, stream: streamScopeOf(of.did, of.each) }
  const [zh, en] =
    typeof per === 'string'
      ? BUCKETS[per]
      : 'session' in per
        ? [`会话（间隔 ${speaker.span(per.session)}）`, 'session']
        : [speaker.prop(per.prop, rows), `value of ${speaker.prop(per.prop, rows)}`]
  const value = speaker.value(of, scope)
  const held = having === undefined ? '' : speaker.tail(having, findType(of, scope), scope)
  const [zhGet, enGet] = GETS[get]
  return speaker.pick(
    `按${zh}统计${value}${held === '' ? '' : `，满足${held}`}的${zhGet}`,
    `${enGet} ${pluralOf(en)} with ${value}${held === '' ? '' : ` that ${held}`}`,
  )
}

/** `days`, `values of category`. */
function pluralOf(noun: string): string {
  return noun.replace(/^\w+/, (word) => `${word}s`)
}
