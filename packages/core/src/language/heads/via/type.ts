import type { ViaValue } from '../../document.js'
import { LIST, numberType, type Scope } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** The related subjects counted, or their values put together. */
export const viaType: FindType<ViaValue> = ({ via, of, get = 'count' }, scope, find) => {
  if (get === 'count') return numberType(0, 'count')
  if (get === 'share') return numberType(8, 'ratio')
  const type = of === undefined ? null : find.value(of, reachedScope(scope, via))
  if (get === 'list') return type?.kind === 'text' || type?.kind === 'ordered' ? { ...LIST, codes: type.codes } : LIST
  if (type?.kind !== 'number') return null
  return get === 'avg' ? numberType(type.scale === 'float' ? 'float' : 8, type.unit) : type
}

/** The scope of the subjects that a relation reaches; unchanged when the relation is unknown. */
export function reachedScope(scope: Scope, relation: string): Scope {
  return { ...scope, subject: scope.catalog.relations.get(relation)?.to ?? scope.subject, stream: null }
}
