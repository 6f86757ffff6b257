import { combineNumbers } from '../../../evaluate/combine.js'
import { elementText } from '../../../evaluate/element-text.js'
import type { EvaluateScope, EvaluateValue } from '../../../evaluate/scope.js'
import { ONE } from '../../../kernel/decimal.js'
import type { ViaValue } from '../../document.js'
import { compareUtf8 } from '../../event-scope/compare.js'
import type { EventScopeValue } from '../../event-scope/event-scope.js'
import { relationOf } from './links.js'

/** Related subjects, each once, counted or their values put together. */
export const evaluateVia: EvaluateValue<ViaValue> = (value, scope) => {
  const { where, of, get = 'count' } = value
  const all = relatedTo(value, scope)
  const meant = where === undefined ? all : all.filter((place) => place.condition(where) === true)
  if (get === 'count') return { value: BigInt(meant.length) * ONE }
  if (get === 'share') {
    return { value: all.length === 0 ? null : (BigInt(meant.length) * ONE) / BigInt(all.length) }
  }
  const values = of === undefined ? [] : meant.map((place) => place.value(of).value)
  if (get === 'list') return { value: textsOf(values) }
  const numbers = values.filter((one) => typeof one === 'bigint')
  return { value: combineNumbers(get, numbers) }
}

/** The places of those who are related now and alive, in the order of their profiles. */
function relatedTo({ via, role }: ViaValue, scope: EvaluateScope): EvaluateScope[] {
  const { asOf, catalog, subject } = scope
  const kind = catalog.relations.get(via)?.to ?? subject
  const found = new Map<number, EvaluateScope>()
  for (const link of relationOf(via, scope)) {
    if (link.from > asOf || (link.to !== null && link.to <= asOf)) continue
    if (role !== undefined && link.role !== role) continue
    const { other } = link
    if (other.firstTs < asOf && !found.has(other.profile)) found.set(other.profile, scope.reached(other, kind))
  }
  return [...found.values()].sort((a, b) => a.facts.profile - b.facts.profile)
}

/** Distinct texts in the order of their bytes; null when there is none. */
function textsOf(values: readonly EventScopeValue[]): string[] | null {
  const texts = new Set(
    values.flatMap((value) => {
      if (value === null) return []
      return typeof value === 'object' ? value.map(elementText) : [elementText(value)]
    }),
  )
  return texts.size === 0 ? null : [...texts].sort(compareUtf8)
}
