import { foldAttribute } from '../../../catalog/attribute-fold.js'
import type { StoredValue } from '../../../catalog/coerce.js'
import type { EvaluateValue } from '../../../evaluate/scope.js'
import { parseDecimal } from '../../../kernel/decimal.js'
import type { AttrValue } from '../../document.js'
import type { EventScopeValue } from '../../event-scope/event-scope.js'

/** What the changes before the moment leave. Identities are read as a list: any of them may be meant. */
export const evaluateAttr: EvaluateValue<AttrValue> = ({ attr }, { facts, asOf }) => {
  if (attr.startsWith('id.')) {
    const values = facts.identities.get(attr.slice(3)) ?? []
    return { value: values.length === 0 ? null : values }
  }
  const known = (facts.attributes.get(attr) ?? []).filter((change) => change.ts < asOf)
  const folded = foldAttribute(known)
  return { value: folded === undefined || folded.value === null ? null : inMemory(folded.value) }
}

function inMemory(stored: StoredValue): EventScopeValue {
  return stored.type === 'number' ? parseDecimal(stored.value) : stored.value
}
