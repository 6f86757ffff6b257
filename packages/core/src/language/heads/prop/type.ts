import type { EventValue } from '../../document.js'
import { findProperty, typeOfCatalogued, typeOfProperty } from '../../frame/property.js'
import { BOOL, type Scope, TEXT, type ValueType } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** A property of the event or line; `event` is the event's name; changes have `from`, `to` and `op`. */
export const propType: FindType<Extract<EventValue, { prop: string }>> = ({ prop }, scope, find) => {
  const { stream, catalog } = scope
  if (stream === null) return null
  if (stream.kind === 'changes') {
    if (prop === 'op') return { kind: 'text', codes: ['set', 'added', 'removed'] }
    return prop === 'from' || prop === 'to' ? typeOfChanged(stream, scope, find) : null
  }
  if (prop === 'event') return { kind: 'text', codes: stream.names === 'any' ? null : stream.names }
  const lookup = findProperty(catalog, stream, prop)
  if ('catalogued' in lookup) return typeOfCatalogued(lookup.catalogued, stream.each)
  return 'found' in lookup ? typeOfProperty(lookup.found, stream.each) : null
}

type ChangesScope = Extract<NonNullable<Scope['stream']>, { kind: 'changes' }>

function typeOfChanged(stream: ChangesScope, scope: Scope, find: Parameters<typeof propType>[2]): ValueType | null {
  const subjectScope: Scope = { ...scope, stream: null }
  if (stream.of === 'attr') return find.value({ attr: stream.id }, subjectScope)
  if (stream.of === 'tag') return elementOf(find.value({ tag: stream.id }, subjectScope))
  return stream.of === 'relation' ? TEXT : BOOL
}

/** One code of a tag with several: what comes and goes. */
function elementOf(type: ValueType | null): ValueType | null {
  return type?.kind === 'list' ? { kind: 'text', codes: type.codes } : type
}
