import { elementText } from '../../../evaluate/element-text.js'
import type { EvaluateAssign, EvaluateScope, Row } from '../../../evaluate/scope.js'
import { ONE, parseDecimal } from '../../../kernel/decimal.js'
import type { TopAssign } from '../../document.js'
import { compareUtf8 } from '../../event-scope/compare.js'
import { evaluateEventValue } from '../../event-scope/evaluate-event-value.js'
import type { EventScopeValue } from '../../event-scope/event-scope.js'
import { decayAfter } from './decay.js'

/** The n values that weigh most, heaviest first; blank under `atLeast` rows with a value. */
export const evaluateTop: EvaluateAssign<TopAssign> = (assign, tag, scope) => {
  const { top, weight, n = 1, atLeast = 1, share } = assign
  const rows = scope.rows(assign)
  if (rows === null) return null
  const weights = new Map<string, bigint>()
  let counted = 0
  for (const row of rows) {
    const texts = textsOf(evaluateEventValue(typeof top === 'string' ? { prop: top } : top, row.scope))
    if (texts.size > 0) counted += 1
    const weighs = weightOf(row, weight, scope)
    for (const text of texts) weights.set(text, (weights.get(text) ?? 0n) + weighs)
  }
  if (counted < atLeast) return null
  const held = [...weights].filter(([, one]) => one > 0n)
  const total = held.reduce((sum, [, one]) => sum + one, 0n)
  const least = share === undefined ? 0n : parseDecimal(share)!
  const heaviest = held
    .filter(([, one]) => one * ONE >= least * total)
    .sort(([a, x], [b, y]) => (x === y ? compareUtf8(a, b) : x > y ? -1 : 1))
    .slice(0, n)
    .map(([text]) => text)
  return tag.family === 'multi' ? heaviest : (heaviest[0] ?? null)
}

/** Sum × weight of the event × decay, cut once at 8 decimals; a row without the summed property weighs nothing. */
function weightOf(row: Row, weight: TopAssign['weight'], { asOf }: EvaluateScope): bigint {
  const sum = weight?.sum === undefined ? ONE : evaluateEventValue({ prop: weight.sum }, row.scope)
  if (typeof sum !== 'bigint') return 0n
  const event = row.scope.prop('event')
  const times = parseDecimal((typeof event === 'string' ? weight?.events?.[event] : undefined) ?? 1)!
  const left = weight?.halfLife === undefined ? ONE : decayAfter(asOf - row.ts, weight.halfLife)
  return (sum * times * left) / (ONE * ONE)
}

/** A list gives each of its elements; an empty text is no value. */
function textsOf(value: EventScopeValue): ReadonlySet<string> {
  const elements = value === null ? [] : typeof value === 'object' ? value : [value]
  return new Set(elements.map(elementText).filter((text) => text !== ''))
}
