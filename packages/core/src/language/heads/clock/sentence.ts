import type { ClockValue, Field } from '../../document.js'
import type { SayHead } from '../../frame/speaker.js'

const FIELD_WORDS: Readonly<Record<Field, readonly [zh: string, en: string]>> = {
  hour: ['小时', 'hour'],
  weekday: ['星期', 'weekday'],
  day: ['日', 'day of the month'],
  month: ['月份', 'month'],
  quarter: ['季度', 'quarter'],
  year: ['年份', 'year'],
  date: ['日期', 'date'],
  week: ['周', 'week'],
  yearMonth: ['年月', 'year and month'],
  dayKind: ['日子类型', 'kind of day'],
  holiday: ['节假日', 'holiday'],
  promotion: ['促销', 'promotion'],
}

/** `{时间}的{小时}` · `{hour} of {time}`; of now without a time. */
export const clockSentence: SayHead<ClockValue> = ({ clock, of }, scope, speaker) => {
  const [zh, en] = FIELD_WORDS[clock]
  const time = of === undefined ? speaker.pick('当前', 'now') : speaker.value(of, scope)
  return speaker.pick(`${time}的${zh}`, `${en} of ${time}`)
}

/** The part of the event's moment. */
export const eventClockSentence: SayHead<{ clock: Field }> = ({ clock }, _scope, speaker) =>
  speaker.pick(FIELD_WORDS[clock][0], FIELD_WORDS[clock][1])
