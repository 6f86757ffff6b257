import type { StoredValue } from '../../../catalog/coerce.js'
import { FRESH, type Goal, samplesOf } from '../../../explain/goal.js'
import type { ExplainValue, Plan, ReachScope } from '../../../explain/head.js'
import { formatDecimal } from '../../../kernel/decimal.js'
import type { AttrValue } from '../../document.js'
import { isList } from '../../event-scope/compare.js'
import type { EventScopeScalar } from '../../event-scope/event-scope.js'
import { usableType } from '../../frame/property.js'

/** It changes when it is set, and may be set to what is wanted. */
export const explainAttr: ExplainValue<AttrValue> = {
  parts: () => [],
  missing: (value, scope, speaker) => {
    const label = speaker.value(value, scope)
    return speaker.pick(`没有“${label}”`, `"${label}" is not set`)
  },
  moments: (value, scope) =>
    scope.then(value, (there) => {
      for (const change of there.facts.attributes.get(value.attr) ?? []) there.add(change.ts + 1)
    }),
  dates: ({ attr }, { facts }) =>
    (facts.attributes.get(attr) ?? []).flatMap(({ value }) => (value?.type === 'date' ? [value.value] : [])),
  reach: ({ attr, ago, at }, goal, scope) =>
    ago !== undefined || at !== undefined ? [] : setAttribute(attr, goal, scope),
}

function setAttribute(key: string, goal: Goal, { now }: ReachScope): Plan[] {
  const entry = now.catalog.attributes.get(now.definition.subject ?? 'person')?.get(key)
  if (entry === undefined) return []
  const type = usableType(entry)
  if (goal.kind === 'known') {
    if (!goal.known) return [[{ kind: 'attribute', key, value: null, fresh: false }]]
    return type === 'text' ? [[{ kind: 'attribute', key, value: { type: 'text', value: FRESH }, fresh: true }]] : []
  }
  if (goal.kind === 'list') {
    const current = now.value({ attr: key }).value
    const kept = (isList(current) ? current.map(String) : []).filter((one) => !goal.remove.includes(one))
    const value = [...new Set([...kept, ...goal.add])]
    return [[{ kind: 'attribute', key, value: { type: 'list', value }, fresh: false }]]
  }
  return samplesOf(goal).flatMap((sample): Plan[] => {
    const value = stored(sample)
    const fits = value.type === type || (value.type === 'number' && type === 'money')
    return fits ? [[{ kind: 'attribute', key, value, fresh: sample === FRESH }]] : []
  })
}

function stored(sample: EventScopeScalar): StoredValue {
  if (typeof sample === 'bigint') return { type: 'number', value: formatDecimal(sample) }
  if (typeof sample === 'number') return { type: 'date', value: sample }
  return typeof sample === 'boolean' ? { type: 'bool', value: sample } : { type: 'text', value: sample }
}
