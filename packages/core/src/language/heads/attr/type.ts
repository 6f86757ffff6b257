import type { AttrValue } from '../../document.js'
import { typeOfStored, usableType } from '../../frame/property.js'
import { TEXT } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** The catalogue's type of an attribute; `id.<kind>` is text. */
export const attrType: FindType<AttrValue> = ({ attr }, { catalog, subject }) => {
  const entry = catalog.attributes.get(subject)?.get(attr)
  if (entry) return typeOfStored(usableType(entry))
  const kind = attr.startsWith('id.') ? catalog.identityKinds.get(attr.slice(3)) : undefined
  return kind && kind.subject === subject ? TEXT : null
}
