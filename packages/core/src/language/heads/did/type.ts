import type { DidValue, Get } from '../../document.js'
import { DATE, LIST, numberType, type Scope, type ValueType } from '../../frame/scope.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import type { FindType, TypeFinder } from '../../frame/type-finder.js'

/**
 * The type of what is got from the events. `count` and `days` are whole numbers; `span` is the minutes from the first to
 * the last event (4 decimals); `avg` carries 8 decimals.
 */
export const didType: FindType<DidValue> = (value, scope, find) =>
  typeOfGet(value.get ?? 'count', { ...scope, stream: streamScopeOf(value.did, value.each) }, find)

function typeOfGet(get: Get, scope: Scope, find: TypeFinder): ValueType | null {
  if (get === 'count') return numberType(0, 'count')
  if (get === 'days') return numberType(0, 'days')
  if (get === 'firstAt' || get === 'lastAt') return DATE
  if (get === 'span') return numberType(4, 'minutes')
  if ('gaps' in get) return numberType(get.gaps === 'sd' ? 'float' : 8, 'days')
  if ('distinct' in get) return numberType(0, 'count')
  if ('values' in get) {
    const type = find.prop(get.values, scope)
    return type === null ? null : type.kind === 'text' ? { kind: 'list', codes: type.codes } : LIST
  }
  if ('first' in get) return find.prop(get.first, scope)
  if ('last' in get) return find.prop(get.last, scope)
  if ('min' in get) return find.prop(get.min, scope)
  if ('max' in get) return find.prop(get.max, scope)
  const type = find.prop('sum' in get ? get.sum : get.avg, scope)
  if (type?.kind !== 'number') return null
  return 'sum' in get ? type : numberType(type.scale === 'float' ? 'float' : 8, type.unit)
}
