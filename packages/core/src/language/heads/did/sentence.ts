import type { DidValue, Get, Literal, Operand, Prop, Stream, Tail, Test, Window } from '../../document.js'
import type { Scope } from '../../frame/scope.js'
import type { SayHead, Speaker } from '../../frame/speaker.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import { operatorOf } from '../../frame/which.js'
import { sayOperand } from '../../operators/equality.js'

/** `{窗口}{事件}（{条件}）的{次数}` · `number of "{event}" where {test} {window}`. */
export const didSentence: SayHead<DidValue> = (value, scope, speaker) => {
  const get = value.get ?? 'count'
  if (get === 'firstAt' || get === 'lastAt')
    return speaker.pick(`${sayMoment(value, scope, speaker)}的时间`, sayMoment(value, scope, speaker))
  if (typeof get === 'object' && ('first' in get || 'last' in get)) {
    const prop = 'first' in get ? get.first : get.last
    const moment: DidValue = { ...value, get: 'first' in get ? 'firstAt' : 'lastAt' }
    const label = speaker.prop(prop, { ...scope, stream: streamScopeOf(value.did, value.each) })
    const said = sayMoment(moment, scope, speaker)
    return speaker.pick(`${said}的${label}`, `${label} of ${said}`)
  }
  const { event, where, window, rows } = partsOf(value, scope, speaker)
  const [zh, en] = get === 'count' ? [`${unitOf(value)}数`, 'number of'] : wordsOf(get, rows, speaker)
  return speaker.pick(`${window}${event}${where}的${zh}`, `${en} ${event}${where}${after(window)}`)
}

/** The moment of the first or last event, without the word for time: `最近一次支付订单` · `the last "paid for an order"`. */
export function sayMoment(value: DidValue, scope: Scope, speaker: Speaker): string {
  const { event, where, window } = partsOf(value, scope, speaker)
  const nth = value.nth ?? 1
  const isFirst = value.get === 'firstAt'
  const zh = isFirst ? (nth === 1 ? '首次' : `第 ${nth} 次`) : nth === 1 ? '最近一次' : `倒数第 ${nth} 次`
  const en = isFirst
    ? nth === 1
      ? 'the first'
      : `the ${ordinal(nth)}`
    : nth === 1
      ? 'the last'
      : `the ${ordinal(nth)} last`
  return speaker.pick(`${window}${zh}${event}${where}`, `${en} ${event}${where}${after(window)}`)
}

/** A count compared reads as a clause: `近 30 天内支付订单不少于 2 次` · `paid for an order at least 2 times in the last 30 days`. */
export function sayDidCompared(
  value: DidValue & { default?: Literal },
  tail: Tail,
  scope: Scope,
  speaker: Speaker,
): string | null {
  if ((value.get ?? 'count') !== 'count' || value.default !== undefined) return null
  const times = sayTimes(tail, unitOf(value), scope, speaker)
  if (times === null) return null
  const { event, where, window } = partsOf(value, scope, speaker, 'clause')
  if (times === 'never') return speaker.pick(`${window}没有${event}${where}`, `never ${event}${where}${after(window)}`)
  return speaker.pick(`${window}${event}${where}${times}`, `${event}${where} ${times}${after(window)}`)
}

/** Lines of an order are no times. */
function unitOf({ each }: DidValue): string {
  return each === undefined ? '次' : '行'
}

function sayTimes(tail: Tail, unit: string, scope: Scope, speaker: Speaker): string | null {
  const operator = operatorOf(tail)
  if (operator === null) return null
  // By its name, not by its place: a stored document may have its keys in another order.
  const right = (tail as unknown as Record<string, Operand | [Operand, Operand]>)[operator]!
  if (operator === 'between') {
    const [low, high] = (right as [Operand, Operand]).map((side) => sayOperand(side, scope, speaker))
    return speaker.pick(` ${low} 到 ${high} ${unit}`, `${low} to ${high} times`)
  }
  const words = TIMES[operator]
  if (!words || Array.isArray(right)) return null
  if (operator === 'is' && right === 0) return 'never'
  if (typeof right !== 'number') {
    const side = sayOperand(right, scope, speaker)
    return speaker.pick(`的${unit}数${words[0]}${side}`, `as often as: ${words[1]} ${side}`)
  }
  const once = right === 1 ? 'once' : `${right} times`
  return speaker.pick(`${words[0]} ${right} ${unit}`, `${words[1]} ${once}`)
}

const TIMES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  is: ['恰好', 'exactly'],
  isNot: ['不是', 'not exactly'],
  gt: ['超过', 'more than'],
  gte: ['不少于', 'at least'],
  lt: ['少于', 'less than'],
  lte: ['不超过', 'at most'],
}

/** The pieces of a stream in words. As a noun the event stands between quotes, as a clause its label is the verb. */
function partsOf(value: DidValue, scope: Scope, speaker: Speaker, form: 'noun' | 'clause' = 'noun') {
  return sayStreamParts(value.did, value.each, value.where, value.within, scope, speaker, form)
}

/** Event, test and window of a stream in words. */
export function sayStreamParts(
  did: Stream,
  each: string | undefined,
  where: Test | undefined,
  within: Window | undefined,
  scope: Scope,
  speaker: Speaker,
  form: 'noun' | 'clause',
) {
  const stream = streamScopeOf(did, each)
  const rows: Scope = { ...scope, stream }
  const tested = where === undefined ? '' : speaker.test(where, rows)
  const plain = speaker.stream(stream, form)
  const event =
    stream.kind === 'events' && stream.each !== null ? speaker.pick(`${plain}的商品行`, `lines of ${plain}`) : plain
  return {
    rows,
    event,
    where: tested === '' ? '' : speaker.pick(`（${tested}）`, ` where ${tested}`),
    window: within === undefined ? '' : speaker.window(within, scope, 'events'),
  }
}

const after = (window: string): string => (window === '' ? '' : ` ${window}`)

/** What is got, as a noun: in Chinese behind the event, in English before it. */
function wordsOf(
  get: Exclude<Get, 'count' | { first: Prop } | { last: Prop }>,
  rows: Scope,
  speaker: Speaker,
): [zh: string, en: string] {
  if (get === 'days') return ['天数', 'number of days with']
  if (get === 'span') return ['首末间隔分钟数', 'minutes from the first to the last']
  if (get === 'firstAt' || get === 'lastAt') return ['时间', 'time of']
  if ('gaps' in get)
    return [get.gaps === 'sd' ? '间隔的标准差' : `${GAPS[get.gaps][0]}间隔`, `${GAPS[get.gaps][1]} gap between`]
  const [name, prop] = Object.entries(get)[0] as [keyof typeof GETS, Prop]
  const label = speaker.prop(prop, rows)
  return GETS[name](label)
}

const GAPS = {
  avg: ['平均', 'average'],
  min: ['最短', 'shortest'],
  max: ['最长', 'longest'],
  median: ['中位', 'median'],
  sd: ['标准差', 'standard deviation of the'],
} as const
const GETS = {
  sum: (label: string): [string, string] => [`${label}合计`, `total ${label} of`],
  avg: (label: string): [string, string] => [`平均${label}`, `average ${label} of`],
  min: (label: string): [string, string] => [`最小${label}`, `smallest ${label} of`],
  max: (label: string): [string, string] => [`最大${label}`, `largest ${label} of`],
  distinct: (label: string): [string, string] => [`不同${label}数`, `number of different ${label} of`],
  values: (label: string): [string, string] => [`全部${label}`, `every ${label} of`],
}

function ordinal(n: number): string {
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${suffix}`
}
