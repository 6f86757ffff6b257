import { foldAttribute } from '../../../catalog/attribute-fold.js'
import { inMemory } from '../../../evaluate/change-rows.js'
import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { AttrValue } from '../../document.js'

/** What the changes before the moment leave. Identities are read as a list: any of them may be meant. */
export const evaluateAttr: EvaluateValue<AttrValue> = (value, scope) => {
  const { attr } = value
  const there = scope.then(value)
  if (there === null || there.facts.firstTs >= there.asOf) return { value: null }
  const { facts, asOf } = there
  if (attr.startsWith('id.')) {
    const values = facts.identities.get(attr.slice(3)) ?? []
    return { value: values.length === 0 ? null : values }
  }
  const changes = facts.attributes.get(attr)
  if (changes === undefined) return { value: null }
  return { value: inMemory(foldAttribute(changes.filter((change) => change.ts < asOf))?.value) }
}
