import type { At } from '../document.js'
import type { Speaker } from './speaker.js'

/** `90 天前的` · ` 90 days ago`: the words for a value at another moment, before it in Chinese and after it in English. */
export function sayThen(value: { ago?: string; at?: At }, speaker: Speaker): { before: string; after: string } {
  if (value.ago !== undefined) {
    const ago = speaker.span(value.ago)
    return { before: speaker.pick(`${ago}前的`, ''), after: speaker.pick('', ` ${ago} ago`) }
  }
  if (value.at === undefined) return { before: '', after: '' }
  if (typeof value.at === 'string') {
    return { before: speaker.pick(`${value.at} 的`, ''), after: speaker.pick('', ` on ${value.at}`) }
  }
  const unit = value.at.start
  return { before: speaker.pick(`${START_ZH[unit]}的`, ''), after: speaker.pick('', ` at the start of the ${unit}`) }
}

const START_ZH = { day: '今天开始时', week: '本周初', month: '本月初', quarter: '本季度初', year: '今年初' }
