import { nearest } from '../../../kernel/nearest.js'
import { say, sayNearest } from '../../frame/message.js'
import { eventsOf, findProperty, propertyNames } from '../../frame/property.js'
import type { ResolveHead } from '../../frame/resolving.js'

const CHANGE_FIELDS = ['from', 'to', 'op']

/** One of the events has the property, and all that have it agree on its type. */
export const propResolve: ResolveHead<{ prop: string }> = ({ prop }, at, { stream }, resolving) =>
  resolveProperty(prop, `${at}/prop`, stream, resolving)

/** As above for a property that stands as a plain name; `at` points to the name. */
export function resolveProperty(
  name: string,
  at: string,
  stream: Parameters<typeof propResolve>[2]['stream'],
  resolving: Parameters<typeof propResolve>[3],
): void {
  if (stream === null) {
    resolving.report(at, say('a property belongs to an event', '属性属于事件'))
    return
  }
  if (stream.kind === 'changes') {
    if (CHANGE_FIELDS.includes(name)) return
    resolving.report(
      at,
      sayNearest(
        `a change has from, to and op, no "${name}"`,
        `变更只有 from、to、op，没有“${name}”`,
        nearest(name, CHANGE_FIELDS),
      ),
    )
    return
  }
  if (name === 'event') return
  const { catalog, uses } = resolving
  if (stream.names !== 'any' && eventsOf(catalog, stream.names).length === 0) return
  const lookup = findProperty(catalog, stream, name)
  if ('found' in lookup) {
    for (const { event } of lookup.found.entries) uses.property(event, name)
  } else if ('conflict' in lookup) {
    const [one, other] = lookup.conflict
    resolving.report(
      at,
      say(
        `"${name}" is ${one.type} in ${one.event} and ${other.type} in ${other.event}: name events that agree`,
        `“${name}”在 ${one.event} 中是 ${one.type}，在 ${other.event} 中是 ${other.type}：请选择类型一致的事件`,
      ),
    )
  } else if ('catalogued' in lookup) {
    const { of, catalogue } = lookup.catalogued
    for (const { event } of of.entries) uses.property(event, of.name)
    uses.name('catalogues', catalogue)
  } else if ('catalogueLacks' in lookup) {
    const { catalogue, field, fields } = lookup.catalogueLacks
    resolving.report(
      at,
      sayNearest(
        `the item catalogue "${catalogue}" has no field "${field}"`,
        `商品目录“${catalogue}”没有字段“${field}”`,
        nearest(field, fields),
      ),
    )
  } else if ('catalogueField' in lookup) {
    resolving.report(
      at,
      say(
        `"${lookup.catalogueField}" names no item of a catalogue: say in the catalogue which one it names`,
        `“${lookup.catalogueField}”没有指向任何商品目录：请先在目录中说明它指向哪个目录`,
      ),
    )
  } else {
    const where = stream.names === 'any' ? 'any event' : stream.names.join(', ')
    const whereZh = stream.names === 'any' ? '所有事件' : stream.names.join('、')
    resolving.report(
      at,
      sayNearest(
        `no property "${name}" in ${where}`,
        `${whereZh}没有属性“${name}”`,
        nearest(name, propertyNames(catalog, stream.names)),
      ),
    )
  }
}
