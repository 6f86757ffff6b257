import type { AmongValue } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'

const GETS = {
  mean: ['均值', 'mean'],
  median: ['中位数', 'median'],
  sd: ['标准差', 'standard deviation'],
  min: ['最小值', 'minimum'],
  max: ['最大值', 'maximum'],
  sum: ['合计', 'total'],
  count: ['个数', 'number of known values'],
} as const

/** `全体{值}的均值` · `the mean of {value} over everybody`. */
export const amongSentence: SayHead<AmongValue> = ({ among, of, get, only }, scope, speaker) => {
  const [zh, en] =
    typeof get === 'string'
      ? GETS[get]
      : [`${Math.round(get.quantile * 1000) / 10}% 分位数`, `${Math.round(get.quantile * 1000) / 10}% quantile`]
  const value = speaker.value(of, scope)
  const keys = speaker.list(
    among.map((key) => speaker.value(key, scope)),
    'and',
  )
  const whom =
    only === undefined
      ? ''
      : speaker.pick(`（仅限${speaker.inner(only, scope)}者）`, ` where ${speaker.inner(only, scope)}`)
  return among.length === 0
    ? speaker.pick(`全体${whom}${value}的${zh}`, `the ${en} of ${value} over everybody${whom}`)
    : speaker.pick(`同${keys}者${whom}${value}的${zh}`, `the ${en} of ${value} in the same ${keys}${whom}`)
}
