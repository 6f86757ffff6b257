import type { TopAssign } from '../../document.js'
import { compareUtf8 } from '../../event-scope/compare.js'
import type { SayWay } from '../../frame/say-way.js'
import type { Speaker } from '../../frame/speaker.js'
import { sayStreamParts } from '../../heads/did/sentence.js'

/** `{窗口}{事件}最多的 3 个{属性}（…）` · `the 3 most frequent values of {property} of {event} (…)`. */
export const topSentence: SayWay<TopAssign> = (assign, _tag, scope, speaker) => {
  const { top, did, each, where, within, n = 1, weight } = assign
  const parts = sayStreamParts(did, each, where, within, scope, speaker, 'noun')
  const prop = speaker.prop(top, parts.rows)
  const weighted = weight?.sum === undefined ? '' : speaker.prop(weight.sum, parts.rows)
  const how = weighted === '' ? '最多' : `${weighted}最高`
  const window = parts.window === '' ? '' : ` ${parts.window}`
  const terms = sayTerms(assign, speaker)
  return speaker.pick(
    `${parts.window}${parts.event}${parts.where}${how}的${n === 1 ? '' : ` ${n} 个`}${prop}${terms}`,
    `${sayMost(prop, weighted, n)} ${parts.event}${parts.where}${window}${terms}`,
  )
}

/** `the 3 most frequent values of category of` · `the year with the highest amount of`. */
function sayMost(prop: string, weighted: string, n: number): string {
  if (weighted === '') return n === 1 ? `the most frequent ${prop} of` : `the ${n} most frequent values of ${prop} of`
  return `${n === 1 ? `the ${prop}` : `the ${n} values of ${prop}`} with the highest ${weighted} of`
}

/** What weighs more, what fades, and what is too little. */
function sayTerms({ weight, atLeast, share }: TopAssign, speaker: Speaker): string {
  const terms: string[] = []
  const events = Object.entries(weight?.events ?? {}).sort(([a], [b]) => compareUtf8(a, b))
  for (const [event, times] of events) {
    if (times === 1) continue
    const label = speaker.label(speaker.catalog.events.get(event)?.labels ?? event)
    terms.push(speaker.pick(`${label}按 ${times} 倍计`, `"${label}" counts ${times} times`))
  }
  if (weight?.halfLife !== undefined) {
    const span = speaker.span(weight.halfLife)
    terms.push(speaker.pick(`每 ${span}减半`, `halved every ${span}`))
  }
  if (share !== undefined) {
    const percent = `${Math.round(share * 10_000) / 100}%`
    terms.push(speaker.pick(`占比不低于 ${percent}`, `each at least ${percent} of all`))
  }
  if (atLeast !== undefined) terms.push(speaker.pick(`至少 ${atLeast} 条`, `from at least ${atLeast}`))
  return terms.length === 0 ? '' : speaker.pick(`（${terms.join('，')}）`, ` (${terms.join(', ')})`)
}
