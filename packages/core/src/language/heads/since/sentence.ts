import type { SinceValue, Value } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'
import { sayMoment } from '../did/sentence.js'

const UNITS = {
  minutes: '分钟数',
  hours: '小时数',
  days: '天数',
  weeks: '周数',
  months: '月数',
  years: '年数',
} as const

/** `距{日期}的天数` · `days since {date}`. */
export const sinceSentence: SayHead<SinceValue> = ({ since, until, unit = 'days' }, scope, speaker) => {
  const say = (value: Value) =>
    'did' in value && (value.get === 'firstAt' || value.get === 'lastAt')
      ? sayMoment(value, scope, speaker)
      : speaker.value(value, scope)
  if (until === undefined) return speaker.pick(`距${say(since)}的${UNITS[unit]}`, `${unit} since ${say(since)}`)
  return speaker.pick(`从${say(since)}到${say(until)}的${UNITS[unit]}`, `${unit} from ${say(since)} to ${say(until)}`)
}
