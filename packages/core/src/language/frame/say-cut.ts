import type { Cuts, Fit, Value } from '../document.js'
import { tiersOf } from './cuts.js'
import type { Scope } from './scope.js'
import type { Speaker } from './speaker.js'

const METHODS = {
  quantile: ['分位数', 'quantiles'],
  width: ['等宽区间', 'equal widths'],
  breaks: ['自然断点', 'natural breaks'],
  sd: ['标准差', 'standard deviations'],
  mean: ['均值', 'the mean'],
  median: ['中位数', 'the median'],
  share: ['累计占比', 'running share'],
} as const
const FITS: Readonly<Record<Fit, readonly [zh: string, en: string]>> = {
  daily: ['每日重算', 'cut anew every day'],
  weekly: ['每周重算', 'cut anew every week'],
  monthly: ['每月重算', 'cut anew every month'],
  frozen: ['分界点固定不变', 'cuts frozen'],
}

/** `按分位数（50%、85%）分 3 档，每月重算` · `3 tiers by quantiles (50%, 85%), cut anew every month`. */
export function sayCuts(
  at: Cuts,
  edge: 'up' | 'down' | undefined,
  by: readonly Value[] | undefined,
  scope: Scope,
  speaker: Speaker,
): string {
  const tiers = tiersOf(at)
  const groups = (by ?? []).map((key) => speaker.value(key, scope))
  const within =
    groups.length === 0
      ? ''
      : speaker.pick(`按${speaker.list(groups, 'and')}分组，`, ` within each ${speaker.list(groups, 'and')}`)
  if (Array.isArray(at)) {
    const sign = edge === 'down' ? '＞' : '≥'
    const points = at.map((point) => `${sign} ${speaker.literal(point)}`).join(speaker.pick('、', ', '))
    return speaker.pick(`分 ${tiers} 档（分界 ${points}）`, `${tiers} tiers (cut at ${points})`)
  }
  const [zh, en] = METHODS[at.method]
  const probs = at.probs?.map((prob) => `${Math.round(prob * 10_000) / 100}%`)
  const shown = probs === undefined ? '' : speaker.pick(`（${probs.join('、')}）`, ` (${probs.join(', ')})`)
  const fit = at.fit === undefined ? '' : speaker.pick(`，${FITS[at.fit][0]}`, `, ${FITS[at.fit][1]}`)
  const sign = edge === 'up' ? '≥' : '＞'
  return speaker.pick(
    `${within}按${zh}${shown}分 ${tiers} 档（${sign} 分界点入上一档）${fit}`,
    `${tiers} tiers by ${en}${shown}${within} (${sign} a cut is the tier above)${fit}`,
  )
}
